/** Wrong codes: whoever tries too many of them has to wait, so that nobody finds a stranger's code by trying (R20). */

const MOST_WRONG = 10
const WINDOW_MS = 10 * 60_000
/** Operators told apart; when all places are taken, newcomers are counted as one. */
const MOST_TRACKED = 1_000

interface Tries {
  count: number
  /** Milliseconds since the epoch. */
  readonly since: number
}

export class WrongCodes {
  readonly #tries = new Map<string, Tries>()
  /** Of all who found no place. */
  #others: Tries | null = null

  /** How many are told apart at the moment. */
  get tracked(): number {
    return this.#tries.size
  }

  /** How long `who` has to wait before another try, in milliseconds; 0 at once. `now`: milliseconds since the epoch. */
  heldForMs(who: string, now: number): number {
    // Whoever has no place of their own may be one of the others, and does not shake that off by a place that comes free.
    const tries = this.#current(who, now) ?? this.#currentOthers(now)
    return tries === null || tries.count < MOST_WRONG ? 0 : tries.since + WINDOW_MS - now
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
    if (!isPast(tries, now)) return tries
    this.#tries.delete(who)
    return null
  }

  #currentOthers(now: number): Tries | null {
    return this.#others === null || isPast(this.#others, now) ? null : this.#others
  }

  #hasRoom(now: number): boolean {
    if (this.#tries.size < MOST_TRACKED) return true
    for (const [other, tries] of this.#tries) if (isPast(tries, now)) this.#tries.delete(other)
    return this.#tries.size < MOST_TRACKED
  }
}

function isPast({ since }: Tries, now: number): boolean {
  return Math.abs(now - since) >= WINDOW_MS
}
