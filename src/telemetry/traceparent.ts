/** The header by which a caller says what its request is a part of: https://www.w3.org/TR/trace-context/#traceparent-header */

export interface Parent {
  /** 32 hex digits, not all 0. */
  readonly traceId: string
  /** 16 hex digits, not all 0. */
  readonly spanId: string
  /** The caller keeps its own part of the trace. */
  readonly sampled: boolean
}

/** `rest`: only a version after ours may say more. */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** `null` for what is none: the request is then the beginning of a trace. */
export function parseTraceparent(header: string): Parent | null {
  const [, version, traceId = '', spanId = '', flags = '', rest] = FORM.exec(header) ?? []
  if (version === undefined || version === 'ff') return null
  if (version === '00' && rest !== undefined) return null
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
