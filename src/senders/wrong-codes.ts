/** Wrong codes: whoever tries too many of them has to wait, so that nobody finds a stranger's code by trying (R20). */

const MOST_WRONG = 10
const WINDOW_MS = 10 * 60_000
/** Operators told apart; when all places are taken, the newest shares the fate of the fullest. */
const MOST_TRACKED = 1_000

export class WrongCodes {
  readonly #tries = new Map<string, { count: number; since: number }>()

  /** How long `who` has to wait before another try, in milliseconds; 0 at once. `now`: milliseconds since the epoch. */
  heldForMs(who: string, now: number): number {
    const tries = this.#current(who, now)
    return tries === null || tries.count < MOST_WRONG ? 0 : tries.since + WINDOW_MS - now
  }

  /** Locked tries do not come here, so they prolong nothing. */
  wrong(who: string, now: number): void {
    const tries = this.#current(who, now)
    if (tries !== null) tries.count += 1
    else if (this.#tries.size < MOST_TRACKED) this.#tries.set(who, { count: 1, since: now })
    else this.#makeRoom(who, now)
  }

  right(who: string): void {
    this.#tries.delete(who)
  }

  #current(who: string, now: number): { count: number; since: number } | null {
    const tries = this.#tries.get(who)
    if (tries === undefined) return null
    if (Math.abs(now - tries.since) < WINDOW_MS) return tries
    this.#tries.delete(who)
    return null
  }

  #makeRoom(who: string, now: number): void {
    for (const [other, { since }] of this.#tries)
      if (Math.abs(now - since) >= WINDOW_MS) this.#tries.delete(other)
    const full = this.#tries.size >= MOST_TRACKED
    this.#tries.set(who, { count: full ? MOST_WRONG : 1, since: now })
  }
}
