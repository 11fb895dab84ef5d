/**
 * Where everything about senders happens, one thing after the other: decided on what is in memory, written to disk,
 * and only then in force and told. Taking away is in force before it is written.
 */
import type { Clock } from '../core/clock.ts'
import { SenderBook } from './book.ts'
import type {
  AccountRef,
  SenderChange,
  SenderRef,
  SenderRequest,
  SenderState,
  SenderStore,
} from './types.ts'
import { WrongCodes } from './wrong-codes.ts'

/** What others may hear of, once it is in force. */
export type SenderEvent =
  | { readonly kind: 'requested'; readonly request: SenderRequest }
  | {
      readonly kind: 'resolved'
      readonly request: SenderRequest
      readonly decision: 'approved' | 'rejected'
    }
  /** Messages of theirs that wait are judged again. */
  | { readonly kind: 'revoked'; readonly sender: SenderRef }
  | { readonly kind: 'invited'; readonly sender: SenderRef }

export interface SenderTurn<Result> {
  readonly result: Result
  readonly change?: SenderChange | null
  /** In force at once, whatever the disk says. */
  readonly takesAway?: true
  readonly events?: readonly SenderEvent[]
}

export interface SenderDeskParts {
  readonly saved: SenderState
  readonly store: SenderStore
  readonly clock: Clock
  readonly announce: (event: SenderEvent) => void
}

export class SenderDesk {
  readonly book: SenderBook
  readonly wrongCodes = new WrongCodes()
  readonly clock: Clock
  readonly #parts: SenderDeskParts
  #last: Promise<unknown> = Promise.resolve()
  /** In force, and not on disk yet: written with whatever comes next, so that a restart does not undo it. */
  #owed: readonly SenderRef[] = []

  constructor(parts: SenderDeskParts) {
    this.#parts = parts
    this.book = new SenderBook(parts.saved)
    this.clock = parts.clock
  }

  /** `decide` sees what is in force, and nothing changes under it. Rejects when the disk does not take the change. */
  turn<Result>(decide: (book: SenderBook, now: number) => SenderTurn<Result>): Promise<Result> {
    const taken = this.#last.then(() => this.#take(decide))
    this.#last = taken.catch(() => undefined)
    return taken
  }

  async #take<Result>(
    decide: (book: SenderBook, now: number) => SenderTurn<Result>,
  ): Promise<Result> {
    const { result, change = null, takesAway, events = [] } = decide(this.book, this.clock())
    if (change !== null) {
      if (takesAway === true) this.#takeAway(change)
      await this.#parts.store.save({
        ...change,
        revoked: [...(change.revoked ?? []), ...this.#owed],
      })
      this.#owed = []
      if (takesAway !== true) this.book.apply(change)
    }
    for (const event of events) this.#parts.announce(event)
    return result
  }

  #takeAway(change: SenderChange): void {
    this.book.apply(change)
    this.#owed = [...this.#owed, ...(change.revoked ?? [])]
  }
}

/** `telegram:123456`, with the account between them where it is not the usual one: for people and the record. */
export function senderName({ channel, account, id }: SenderRef): string {
  return account === DEFAULT_ACCOUNT ? `${channel}:${id}` : `${channel}:${account}:${id}`
}

export const DEFAULT_ACCOUNT = 'default'

export function sameAccount(one: AccountRef, other: AccountRef): boolean {
  return one.channel === other.channel && one.account === other.account
}
