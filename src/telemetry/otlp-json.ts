/** Spans as OTLP has them in JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import type { Span } from './span.ts'

const KINDS = { internal: 1, server: 2 } as const
const ERROR = { code: 2 }

/** The body of one `POST /v1/traces`. */
export function otlpBody(spans: readonly Span[], version: string): string {
  const service = { 'service.name': 'openclaw-gateway', 'service.version': version }
  const scope = { name: 'openclaw-gateway', version }
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: pairs(service) },
        scopeSpans: [{ scope, spans: spans.map(otlpSpan) }],
      },
    ],
  })
}

function otlpSpan({ attributes, kind, startedAt, endedAt, parentSpanId, failed, ...own }: Span) {
  return {
    ...own,
    ...(parentSpanId !== null && { parentSpanId }),
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: pairs(attributes),
    ...(failed && { status: ERROR }),
  }
}

function pairs(attributes: Readonly<Record<string, string>>) {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }))
}

/** A number of this size has no room for nanoseconds: microseconds and three zeros. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1000)}000`
}
