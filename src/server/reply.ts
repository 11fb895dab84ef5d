/** Turns an Outcome into an HTTP answer: the only writer of status codes and headers. */
import type { ServerResponse } from 'node:http'
import { REASONS, type Tell } from '../access/reasons.ts'
import { unreachable } from '../core/never.ts'
import { PlainText, type Outcome } from './outcome.ts'

interface Category {
  readonly status: number
  readonly type: string
  readonly message: string
}

/** What strangers hear: a category, never which part was wrong or which headers are wanted (SPEC 2.10). */
export const CATEGORIES: Record<Tell, Category> = {
  malformed: { status: 400, type: 'bad_request', message: 'The request cannot be understood.' },
  invalid: { status: 400, type: 'invalid_request', message: 'The input is not valid.' },
  unauthenticated: { status: 401, type: 'unauthorized', message: 'Unauthorized.' },
  forbidden: { status: 403, type: 'forbidden', message: 'Not allowed.' },
  'not-found': { status: 404, type: 'not_found', message: 'Not found.' },
  'wrong-verb': { status: 405, type: 'method_not_allowed', message: 'Method not allowed.' },
  'too-large': { status: 413, type: 'too_large', message: 'The body is too large.' },
  conflict: { status: 409, type: 'conflict', message: 'Not in this state.' },
  throttled: { status: 429, type: 'rate_limited', message: 'Too many attempts. Try again later.' },
  unavailable: { status: 503, type: 'unavailable', message: 'Not available now. Try again later.' },
  upstream: { status: 502, type: 'upstream_failed', message: 'The other end could not do it.' },
  failed: { status: 500, type: 'internal_error', message: 'Something went wrong on our side.' },
}

/** On every answer (SPEC 11). No Server header, no CORS headers, ever. */
export const SECURITY_HEADERS: readonly string[] = [
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer',
  'Permissions-Policy',
  'camera=(), microphone=(self), geolocation=()',
]

/** An HTTP answer before it is written; headers are names and values in turn. */
export interface Answer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string | Buffer
}

/** `outcome` other than served: the JSON error with the id under which the owner finds why. */
export function answerOf(outcome: Outcome, requestId: string): Answer {
  switch (outcome.kind) {
    case 'served':
      return outcome.output instanceof PlainText ? plain(outcome.output) : json(200, outcome.output)
    case 'failed':
      return error(CATEGORIES.failed, { code: 'internal_error', requestId })
    case 'refused': {
      const category = CATEGORIES[REASONS[outcome.reason].tell]
      const code =
        category.status === 401 || category.status === 429 ? category.type : outcome.reason
      const answer = error(category, { code, requestId, message: outcome.message })
      return {
        ...answer,
        headers: [...answer.headers, ...extraHeaders(category.status, outcome.retryAfterMs)],
      }
    }
    default:
      return unreachable(outcome)
  }
}

/** `undefined` is answered as `null`. Throws for what is no JSON: a bug of an operation. */
export function json(status: number, value: unknown): Answer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(value ?? null) }
}

function plain({ text, mediaType }: PlainText): Answer {
  const headers = ['Content-Type', mediaType, 'Cache-Control', 'no-store']
  return { status: 200, headers, body: text }
}

const JSON_HEADERS: readonly string[] = [
  'Content-Type',
  'application/json; charset=utf-8',
  'Cache-Control',
  'no-store',
]

function error(
  { status, type, message }: Category,
  detail: { code: string; requestId: string; message?: string | null },
): Answer {
  return json(status, {
    error: {
      type,
      code: detail.code,
      message: detail.message ?? message,
      requestId: detail.requestId,
    },
  })
}

function extraHeaders(status: number, retryAfterMs: number): readonly string[] {
  if (status === 401) return ['WWW-Authenticate', 'Bearer']
  if (retryAfterMs > 0) return ['Retry-After', String(Math.ceil(retryAfterMs / 1000))]
  return []
}

/** How long a reader may take nothing of an answer that waits for it. */
const STALL_MS = 60_000

/** A reader that stopped would keep its answer in our memory for ever. Node clears the timer with the next request. */
function hurry({ socket }: ServerResponse): void {
  socket?.setTimeout(STALL_MS, () => socket.destroy())
}

/** Writes the answer, unless the response has begun or its caller is gone. `extra`: names and values in turn. */
export function send(
  response: ServerResponse,
  { status, headers, body }: Answer,
  extra: readonly string[],
): void {
  if (response.headersSent || response.destroyed) return
  const length = Buffer.byteLength(body)
  const own = ['Content-Length', String(length)]
  response.writeHead(status, headers.concat(SECURITY_HEADERS, extra, own))
  // As many bytes as characters: plain ASCII, of which Latin-1 is written faster.
  response.end(body, length === body.length ? 'latin1' : 'utf8')
  if (response.writableLength > 0) hurry(response)
}
