/** How a request ended. `reply.ts` makes an HTTP answer of it, `websocket/frame-errors.ts` a frame, `entry.ts` a line of the record. */
import type { Reason } from '../access/reasons.ts'
import type { Decision } from '../access/types.ts'

export type Allowed = Extract<Decision, { kind: 'allowed' }>

export type Outcome =
  | { readonly kind: 'served'; readonly output: unknown }
  | {
      readonly kind: 'refused'
      readonly reason: Reason
      /** The reason with what varies, for the record. */
      readonly code: string
      /** What the caller may read; `null`: the generic sentence of the category. */
      readonly message: string | null
      readonly retryAfterMs: number
      /** `missing scope: …`: the scope, for clients that ask again. */
      readonly missing: string | null
    }
  | { readonly kind: 'failed' }

/** An output that is answered as it stands, and is no JSON. */
export class PlainText {
  readonly text: string
  readonly mediaType: string

  constructor(text: string, mediaType = 'text/plain; charset=utf-8') {
    this.text = text
    this.mediaType = mediaType
  }
}

/** `message`: what the caller may read; `null` leaves it at the sentence of the category. */
export function refused(
  reason: Reason,
  message: string | null = null,
): Extract<Outcome, { kind: 'refused' }> {
  return { kind: 'refused', reason, code: reason, message, retryAfterMs: 0, missing: null }
}

/** The refusal that a denied decision is. */
export function refusedBy(
  decision: Extract<Decision, { kind: 'denied' }>,
): Extract<Outcome, { kind: 'refused' }> {
  return {
    kind: 'refused',
    reason: decision.reason,
    code: decision.code,
    message: null,
    retryAfterMs: decision.retryAfterMs,
    missing: null,
  }
}
