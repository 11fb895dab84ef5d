/** Writes what clients get: responses, and events whose text is made once for all of them. */

/** An error as the wire shows it: a closed object (PROTOCOL 1.2). */
export interface WireError {
  readonly code: 'INVALID_REQUEST' | 'NOT_PAIRED' | 'UNAVAILABLE' | 'FORBIDDEN'
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly retryable?: boolean
  /** Milliseconds. */
  readonly retryAfterMs?: number
}

/** `recordId`: under which the record knows the refusal, for `openclaw auth why`; clients of the wire leave details alone that they do not know. */
export function traced(error: WireError, recordId: string): WireError {
  return { ...error, details: { ...error.details, recordId } }
}

/** Throws what `JSON.stringify` throws: a result that is no JSON is a bug of its operation. */
export function resultText(id: string, payload: unknown): string {
  return resultOf(id, JSON.stringify(payload ?? null))
}

/** `payload`: JSON that was made before. */
export function resultOf(id: string, payload: string): string {
  return `{"type":"res","id":${JSON.stringify(id)},"ok":true,"payload":${payload}}`
}

export function errorText(id: string, error: WireError): string {
  return `{"type":"res","id":${JSON.stringify(id)},"ok":false,"error":${JSON.stringify(error)}}`
}

/** An event for one connection alone: it has no `seq`. */
export function directEventText(event: string, payload: object): string {
  return `{"type":"event","event":${JSON.stringify(event)},"payload":${JSON.stringify(payload)}}`
}

/** One event for many connections: each gets the same bytes and its own `seq`. */
export class SharedEvent {
  readonly #head: Buffer

  constructor(event: string, payload: object) {
    const text = `{"type":"event","event":${JSON.stringify(event)},"payload":${JSON.stringify(payload)},"seq":`
    this.#head = Buffer.from(text)
  }

  numbered(seq: number): Buffer {
    const tail = `${seq}}`
    const frame = Buffer.allocUnsafe(this.#head.length + tail.length)
    this.#head.copy(frame)
    frame.write(tail, this.#head.length, 'latin1')
    return frame
  }
}
