/** What the parser makes no request of: answered over the bare socket, and recorded like any other refusal. */
import type { Socket } from 'node:net'
import { connectionOf } from './connection.ts'
import { requestEntry } from './entry.ts'
import type { Gateway } from './gateway.ts'
import { discardThenDestroy } from './linger.ts'
import { refused } from './outcome.ts'
import { CATEGORIES, SECURITY_HEADERS } from './reply.ts'

/** The shortest honest answer; behind an answer that was begun there is none. `code`: of Node's `clientError`. */
export function refuseUnreadable(code: string | undefined, socket: Socket, gateway: Gateway): void {
  // Whoever hung up, or never said a word, as a browser that connects beforehand, has asked for nothing.
  if (!socket.writable || socket.bytesRead === 0) {
    socket.destroy()
    return
  }
  const what = unreadable(code)
  if (socket.bytesWritten === 0) return refuseRaw(socket, what, gateway)
  keep(socket, what, gateway)
  socket.destroy()
}

/** A tunnel: none is opened here (RFC 9110 9.3.6). */
export function refuseTunnel(socket: Socket, gateway: Gateway): void {
  refuseRaw(socket, { ...NO_REQUEST, detail: 'CONNECT, which opens no tunnel here' }, gateway)
}

interface Unreadable {
  /** The status line's code and words. */
  readonly status: string
  /** For the caller. */
  readonly message: string
  /** For the record. */
  readonly detail: string
}

const NO_REQUEST: Unreadable = {
  status: '400 Bad Request',
  message: CATEGORIES.malformed.message,
  detail: 'bytes that are no HTTP request',
}
const TOO_LARGE: Unreadable = {
  status: '431 Request Header Fields Too Large',
  message: 'The headers are larger than 16 KiB.',
  detail: 'headers of more than 16 KiB',
}
const TOO_SLOW: Unreadable = {
  status: '408 Request Timeout',
  message: 'The request did not arrive in time.',
  detail: 'a request that did not arrive in time',
}

function unreadable(code: string | undefined): Unreadable {
  if (code === 'HPE_HEADER_OVERFLOW') return TOO_LARGE
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? TOO_SLOW : NO_REQUEST
}

/** In the record and in the numbers; answers the id. */
function keep(
  socket: Socket,
  { detail }: Unreadable,
  { newRequestId, record, meter, clock }: Gateway,
): string {
  const requestId = newRequestId()
  const { listener, remote } = connectionOf(socket)
  const outcome = refused('malformed_request')
  const entry = requestEntry({
    requestId,
    at: clock(),
    operation: 'unknown',
    evidence: null,
    peer: remote.address,
    decision: null,
    outcome,
    detail,
  })
  record.write({ ...entry, via: listener })
  const { operation, surface } = entry
  meter.ended({ requestId, surface, operation, decision: null, outcome, ms: null })
  return requestId
}

function refuseRaw(socket: Socket, what: Unreadable, gateway: Gateway): void {
  const { status, message } = what
  const requestId = keep(socket, what, gateway)
  const { type } = CATEGORIES.malformed
  const body = JSON.stringify({ error: { type, code: type, message, requestId } })
  const headers = [
    ...pairs([...SECURITY_HEADERS, ...gateway.extraHeaders]),
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
  discardThenDestroy(socket, socket)
}

function pairs(flat: readonly string[]): string[] {
  return flat.flatMap((text, index) =>
    index % 2 === 0 ? [`${text}: ${flat[index + 1] ?? ''}`] : [],
  )
}
