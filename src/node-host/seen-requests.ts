/** Remembers what a gateway asked, so that nothing runs twice: not for the same invocation, nor for the same key in another. */
import type { Clock } from '../core/clock.ts'
import type { InvokeRequest } from './invoke-request.ts'

/** As long as a gateway itself answers for a key; after that the key may be used anew. */
const KEPT_MS = 300_000
const MOST = 10_000

export type Seen =
  | 'new'
  /** This very invocation: its answer is on the way. */
  | 'again'
  /** Another invocation with the same key: a gateway that was restarted has forgotten that it asked. */
  | 'other-invocation'

export class SeenRequests {
  readonly #at = new Map<string, number>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  see({ id, idempotencyKey }: InvokeRequest): Seen {
    const now = this.#clock()
    this.#forget(now)
    if (this.#at.has(`id ${id}`)) return 'again'
    this.#at.set(`id ${id}`, now)
    if (typeof idempotencyKey !== 'string') return 'new'
    if (this.#at.has(`key ${idempotencyKey}`)) return 'other-invocation'
    this.#at.set(`key ${idempotencyKey}`, now)
    return 'new'
  }

  /** Oldest first. */
  #forget(now: number): void {
    for (const [name, at] of this.#at) {
      if (now - at < KEPT_MS && this.#at.size < MOST) return
      this.#at.delete(name)
    }
  }
}
