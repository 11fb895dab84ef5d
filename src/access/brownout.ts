/** A brown-out: the old token of a rotation is refused for a while, so that whoever still depends on it is noticed before it goes (SPEC 2.9). */
import type { Secret } from '../core/secret.ts'

export interface Brownout {
  /** Of the token that is refused. */
  readonly fingerprint: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** What decisions ask. */
export interface Brownouts {
  /** `now`: milliseconds since the epoch. */
  holds(secret: Secret, now: number): boolean
}

/** Longer is no test any more. */
export const LONGEST_BROWNOUT_MS = 3_600_000

/** Ends by itself: nothing has to run for the old token to be right again. */
export class LiveBrownout implements Brownouts {
  readonly #fingerprint: (secret: Secret) => string
  #one: Brownout | null

  constructor(fingerprint: (secret: Secret) => string, saved: Brownout | null) {
    this.#fingerprint = fingerprint
    this.#one = saved
  }

  set(brownout: Brownout | null): void {
    this.#one = brownout
  }

  /** `null` once it is over; a clock that was set back does not make it longer than any may be. */
  current(now: number): Brownout | null {
    if (this.#one === null) return null
    const left = this.#one.until - now
    return left > 0 && left <= LONGEST_BROWNOUT_MS ? this.#one : null
  }

  holds(secret: Secret, now: number): boolean {
    const one = this.current(now)
    return one !== null && this.#fingerprint(secret) === one.fingerprint
  }
}
