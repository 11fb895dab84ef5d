/** How an operation says "not before": a refusal that knows when to try again. */
import { Refusal } from './types.ts'

/** The surfaces turn it into 429 with `Retry-After`, or a frame with `retryAfterMs`. */
export class HeldRefusal extends Refusal {
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super('locked', 'too many failed attempts')
    this.name = 'HeldRefusal'
    this.retryAfterMs = retryAfterMs
  }
}
