/** One step with its beginning and end, as traces show it. Holds words of ours: no secret, no body, no address. */

export interface Span {
  readonly traceId: string
  readonly spanId: string
  /** `null`: nothing is above it. */
  readonly parentSpanId: string | null
  readonly name: string
  readonly kind: 'server' | 'internal'
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number
  readonly endedAt: number
  readonly attributes: Readonly<Record<string, string>>
  readonly failed: boolean
}

/** Where finished spans go. Never waits, never throws. */
export interface SpanSink {
  add(span: Span): void
}

/** Where in a trace something is: whatever it starts goes below. */
export interface Place {
  readonly traceId: string
  readonly spanId: string
  /** False: nothing of this trace is kept. */
  readonly sampled: boolean
}
