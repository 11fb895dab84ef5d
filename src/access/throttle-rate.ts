/** At most so many wrong guesses a second, whoever makes them. */
import { windowHoldMs } from './throttle-settings.ts'

const SECOND_MS = 1_000

/** Times of one steady clock, in milliseconds. */
export class GuessRate {
  readonly #perSecond: number
  readonly #times: number[] = []

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  heldForMs(now: number): number {
    return windowHoldMs(this.#times, { most: this.#perSecond, windowMs: SECOND_MS }, now)
  }

  /** Nothing happens while it is held. */
  charge(now: number): void {
    if (this.heldForMs(now) > 0) return
    this.#times.push(now)
    if (this.#times.length > this.#perSecond) this.#times.shift()
  }
}
