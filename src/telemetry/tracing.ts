/** Traces of requests and runs, while somewhere is configured that takes them; else nothing is made and nothing kept. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import type { RunEvent } from '../agents/types.ts'
import type { Tracer } from '../server/gateway.ts'
import { LiveTrace, newSpanId, newTrace, type TraceParts } from './request-trace.ts'
import type { Place, SpanSink } from './span.ts'

export interface TracesOn {
  readonly sink: SpanSink
  /** Of traces that begin here, so many are kept: 0 to 1. */
  readonly sampleRatio: number
}

interface BegunRun {
  readonly runId: string
  readonly startedAt: number
  readonly place: Place
  readonly parentSpanId: string | null
}

export class Tracing implements Tracer {
  /** Which operation is running: a run that begins within it is below it. */
  readonly #below = new AsyncLocalStorage<Place>()
  /** By session, which has one run at a time. */
  readonly #runs = new Map<string, BegunRun>()
  #parts: TraceParts | null = null

  /** `null`: off. Requests that are under way end as they began. */
  configure(on: TracesOn | null): void {
    this.#runs.clear()
    this.#parts =
      on === null
        ? null
        : {
            sink: on.sink,
            sample: () => Math.random() < on.sampleRatio,
            now,
            runBelow: (place, run) => this.#below.run(place, run),
          }
  }

  begin(): LiveTrace | null {
    return this.#parts === null ? null : new LiveTrace(this.#parts)
  }

  run(event: RunEvent): void {
    if (this.#parts === null || event.kind === 'delta') return
    if (event.kind === 'started') this.#begin(event, this.#parts)
    else this.#end(event, this.#parts.sink)
  }

  #begin({ sessionKey, runId }: RunEvent, { sample }: TraceParts): void {
    const above = this.#below.getStore() ?? null
    const place = above === null ? newTrace(sample()) : { ...above, spanId: newSpanId() }
    const parentSpanId = above?.spanId ?? null
    this.#runs.set(sessionKey, { runId, startedAt: now(), place, parentSpanId })
  }

  #end({ kind, sessionKey, runId, agentId }: RunEvent, sink: SpanSink): void {
    const begun = this.#runs.get(sessionKey)
    if (begun?.runId !== runId) return
    this.#runs.delete(sessionKey)
    const { startedAt, parentSpanId, place } = begun
    if (!place.sampled) return
    sink.add({
      traceId: place.traceId,
      spanId: place.spanId,
      parentSpanId,
      name: 'agent run',
      kind: 'internal',
      startedAt,
      endedAt: now(),
      attributes: {
        'openclaw.agent': agentId,
        'openclaw.outcome': kind === 'final' ? 'answered' : kind,
      },
      failed: kind === 'failed',
    })
  }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}
