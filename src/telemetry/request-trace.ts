/** One request as a trace shows it: the request, the decision within it, and the operation, under which an agent's run may come. */
import { randomBytes } from 'node:crypto'
import type { Decision } from '../access/types.ts'
import type { EndedRequest, RequestTrace } from '../server/gateway.ts'
import type { Place, Span, SpanSink } from './span.ts'
import { parseTraceparent } from './traceparent.ts'

export interface TraceParts {
  readonly sink: SpanSink
  /** Whether a trace that begins here is kept. */
  readonly sample: () => boolean
  /** Milliseconds since the epoch, with fractions. */
  readonly now: () => number
  /** Runs something so that what it starts is found to be below this place. */
  readonly runBelow: <Result>(place: Place, run: () => Result) => Result
}

export function newSpanId(): string {
  return randomBytes(8).toString('hex')
}

export function newTrace(sampled: boolean): Place {
  return { traceId: randomBytes(16).toString('hex'), spanId: newSpanId(), sampled }
}

export class LiveTrace implements RequestTrace {
  readonly #parts: TraceParts
  readonly #startedAt: number
  #place: Place | null = null
  #parentSpanId: string | null = null
  #decided: { readonly decision: Decision; readonly at: number } | null = null
  #operation: { readonly place: Place; readonly at: number } | null = null

  constructor(parts: TraceParts) {
    this.#parts = parts
    this.#startedAt = parts.now()
  }

  decided(decision: Decision, traceparent: string | null): void {
    this.#decided = { decision, at: this.#parts.now() }
    if (decision.kind !== 'allowed' || traceparent === null) return
    // A stranger must neither choose our ids nor have us keep what they like.
    const parent = parseTraceparent(traceparent)
    if (parent === null) return
    this.#place = { ...parent, spanId: newSpanId() }
    this.#parentSpanId = parent.spanId
  }

  within<Result>(run: () => Result): Result {
    const place = { ...this.#own(), spanId: newSpanId() }
    this.#operation = { place, at: this.#parts.now() }
    return this.#parts.runBelow(place, run)
  }

  ended({ requestId, surface, operation, decision, outcome }: EndedRequest): void {
    const { sink, now } = this.#parts
    const { traceId, spanId, sampled } = this.#own()
    if (!sampled) return
    const endedAt = now()
    const below = { traceId, parentSpanId: spanId, kind: 'internal', failed: false } as const
    const reason = outcome.kind === 'refused' ? { 'openclaw.reason': outcome.reason } : {}
    if (this.#decided !== null)
      sink.add({
        ...below,
        spanId: newSpanId(),
        name: 'decide',
        startedAt: this.#startedAt,
        endedAt: this.#decided.at,
        attributes: attributesOf(this.#decided.decision),
      })
    if (this.#operation !== null)
      sink.add({
        ...below,
        spanId: this.#operation.place.spanId,
        name: `perform ${operation}`,
        startedAt: this.#operation.at,
        endedAt,
        attributes: { 'openclaw.operation': operation },
        failed: outcome.kind === 'failed',
      })
    const request: Span = {
      traceId,
      spanId,
      parentSpanId: this.#parentSpanId,
      name: operation,
      kind: 'server',
      startedAt: this.#startedAt,
      endedAt,
      attributes: {
        'openclaw.request_id': requestId,
        'openclaw.surface': surface,
        'openclaw.operation': operation,
        'openclaw.outcome': outcome.kind,
        'openclaw.method': decision?.kind === 'allowed' ? decision.method : 'none',
        ...reason,
      },
      failed: outcome.kind === 'failed',
    }
    sink.add(request)
  }

  #own(): Place {
    this.#place ??= newTrace(this.#parts.sample())
    return this.#place
  }
}

function attributesOf(decision: Decision): Span['attributes'] {
  return decision.kind === 'allowed'
    ? { 'openclaw.decision': 'allowed', 'openclaw.method': decision.method }
    : { 'openclaw.decision': 'denied', 'openclaw.reason': decision.reason }
}
