/**
 * Where everything about senders happens, one thing after the other: decided on what is in memory, written to disk,
 * and only then in force and told. Taking away is in force before it is written.
 */
import type { Clock } from '../core/clock.ts'
import { isPast } from './admit.ts'
import { SenderBook, senderKey } from './book.ts'
import type {
  AccountRef,
  SenderChange,
  SenderInvitation,
  SenderRef,
  SenderRequest,
  SenderState,
  SenderStore,
} from './types.ts'
import { WrongCodes, WrongInvitations } from './wrong-codes.ts'

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
  /** Somebody sent the code of an invitation. */
  | {
      readonly kind: 'came'
      readonly sender: SenderRef
      readonly displayName: string
      readonly invitation: SenderInvitation
    }

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
  readonly wrongInvitations = new WrongInvitations()
  /** Strangers who are being told their code at this moment. */
  readonly #telling = new Set<string>()
  readonly clock: Clock
  readonly #parts: SenderDeskParts
  #last: Promise<unknown> = Promise.resolve()
  /** In force, and not on disk yet: written with whatever comes next, or by {@link flush}, so that a restart does not undo it. */
  #owed: SenderChange = {}

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

  /** Does what tells a stranger their code, unless it is being done: however fast they write, they hear it once. */
  async tellOnce<Result>(sender: SenderRef, tell: () => Promise<Result>): Promise<Result | null> {
    const key = senderKey(sender)
    if (this.#telling.has(key)) return null
    this.#telling.add(key)
    try {
      return await tell()
    } finally {
      this.#telling.delete(key)
    }
  }

  /** Writes what a full disk did not take, and which approvals are over by now. Rejects as the store does; the next one tries again. */
  async flush(): Promise<void> {
    const now = this.clock()
    const over = this.book.approvals().filter((one) => !one.ended && isPast(one, now))
    if (isEmpty(this.#owed) && over.length === 0) return
    await this.turn((book) => ({
      result: undefined,
      takesAway: true,
      change: {
        approvals: over
          .filter((seen) => book.find(seen) === seen)
          .map((seen) => ({ ...seen, ended: true })),
      },
    }))
  }

  async #take<Result>(
    decide: (book: SenderBook, now: number) => SenderTurn<Result>,
  ): Promise<Result> {
    const { result, change = null, takesAway, events = [] } = decide(this.book, this.clock())
    if (change === null) return this.#enforce({}, { result, events })
    if (takesAway === true) {
      this.#owed = joined(this.#owed, change)
      this.#enforce(change, { result, events })
      await this.#save(this.#owed)
      return result
    }
    await this.#save(joined(this.#owed, change))
    return this.#enforce(change, { result, events })
  }

  async #save(change: SenderChange): Promise<void> {
    if (isEmpty(change)) return
    await this.#parts.store.save(change)
    this.#owed = {}
  }

  #enforce<Result>(
    change: SenderChange,
    { result, events }: { readonly result: Result; readonly events: readonly SenderEvent[] },
  ): Result {
    this.book.apply(change)
    for (const event of events) this.#parts.announce(event)
    return result
  }
}

function isEmpty(change: SenderChange): boolean {
  return Object.values(change).every((items) => items.length === 0)
}

/** The one after the other, as one change. */
function joined(earlier: SenderChange, later: SenderChange): SenderChange {
  const { revoked = [], forgotten = [] } = later
  const gone = new Set(revoked.map(senderKey))
  const still = (earlier.approvals ?? []).filter((one) => !gone.has(senderKey(one)))
  return {
    approvals: [...still, ...(later.approvals ?? [])],
    revoked: [...(earlier.revoked ?? []), ...revoked],
    requests: [...(earlier.requests ?? []), ...(later.requests ?? [])],
    resolved: [...(earlier.resolved ?? []), ...(later.resolved ?? [])],
    invitations: [
      ...(earlier.invitations ?? []).filter(
        ({ invitationId }) => !forgotten.includes(invitationId),
      ),
      ...(later.invitations ?? []),
    ],
    forgotten: [...(earlier.forgotten ?? []), ...forgotten],
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
