/** Wrong codes: whoever tries too many of them has to wait, so that nobody finds a stranger's code by trying (R20). */
import { accountKey, senderKey } from './book.ts'
import type { SenderRef } from './types.ts'

export interface WrongCodeLimit {
  readonly most: number
  /** Counted from the first wrong one. */
  readonly windowMs: number
}

/** What an operator may mistype of the codes that strangers were told. */
const OPERATOR: WrongCodeLimit = { most: 10, windowMs: 10 * 60_000 }
/** Those told apart; when all places are taken, newcomers are counted as one. */
const MOST_TRACKED = 1_000

interface Tries {
  count: number
  /** Milliseconds since the epoch. */
  readonly since: number
}

export class WrongCodes {
  readonly #limit: WrongCodeLimit
  readonly #tries = new Map<string, Tries>()
  /** Of all who found no place. */
  #others: Tries | null = null

  constructor(limit = OPERATOR) {
    this.#limit = limit
  }

  /** How many are told apart at the moment. */
  get tracked(): number {
    return this.#tries.size
  }

  /** How long `who` has to wait before another try, in milliseconds; 0 at once. `now`: milliseconds since the epoch. */
  heldForMs(who: string, now: number): number {
    // Whoever has no place of their own may be one of the others, and does not shake that off by a place that comes free.
    const tries = this.#current(who, now) ?? this.#currentOthers(now)
    return tries === null || tries.count < this.#limit.most
      ? 0
      : tries.since + this.#limit.windowMs - now
  }

  /** Locked tries do not come here, so they prolong nothing. */
  wrong(who: string, now: number): void {
    const tries = this.#current(who, now)
    if (tries !== null) tries.count += 1
    else if (this.#hasRoom(now)) this.#tries.set(who, { count: 1, since: now })
    else {
      const others = this.#currentOthers(now) ?? { count: 0, since: now }
      others.count += 1
      this.#others = others
    }
  }

  right(who: string): void {
    this.#tries.delete(who)
  }

  #current(who: string, now: number): Tries | null {
    const tries = this.#tries.get(who)
    if (tries === undefined) return null
    if (!this.#isPast(tries, now)) return tries
    this.#tries.delete(who)
    return null
  }

  #currentOthers(now: number): Tries | null {
    return this.#others === null || this.#isPast(this.#others, now) ? null : this.#others
  }

  #hasRoom(now: number): boolean {
    if (this.#tries.size < MOST_TRACKED) return true
    for (const [other, tries] of this.#tries)
      if (this.#isPast(tries, now)) this.#tries.delete(other)
    return this.#tries.size < MOST_TRACKED
  }

  #isPast({ since }: Tries, now: number): boolean {
    return Math.abs(now - since) >= this.#limit.windowMs
  }
}

const HOUR_MS = 3_600_000

/** Wrong codes of invitations: 5 an hour a sender, 50 an hour an account, whoever they are of (SPEC 14.6). */
export class WrongInvitations {
  readonly #bySender = new WrongCodes({ most: 5, windowMs: HOUR_MS })
  readonly #byAccount = new WrongCodes({ most: 50, windowMs: HOUR_MS })

  /** Nothing that they send is compared. `now`: milliseconds since the epoch. */
  held(sender: SenderRef, now: number): boolean {
    return (
      this.#bySender.heldForMs(senderKey(sender), now) > 0 ||
      this.#byAccount.heldForMs(accountKey(sender), now) > 0
    )
  }

  wrong(sender: SenderRef, now: number): void {
    this.#bySender.wrong(senderKey(sender), now)
    this.#byAccount.wrong(accountKey(sender), now)
  }

  /** Their own count begins anew; the account's stays, or one right code would pay for the guesses of others. */
  right(sender: SenderRef): void {
    this.#bySender.right(senderKey(sender))
  }
}
