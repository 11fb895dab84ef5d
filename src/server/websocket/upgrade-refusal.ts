/** Turns an upgrade away before it becomes a WebSocket: only for what cannot be judged at all, or has no room (SPEC 2.10). */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Reason } from '../../access/reasons.ts'
import type { Evidence } from '../../access/types.ts'
import { connectionOf } from '../connection.ts'
import { requestEntry } from '../entry.ts'
import type { Gateway } from '../gateway.ts'
import { refused } from '../outcome.ts'
import { answerOf, CATEGORIES, json, SECURITY_HEADERS, type Answer } from '../reply.ts'

export interface RefusedUpgrade {
  readonly reason: Reason
  /** In words for the record. */
  readonly detail: string
  readonly evidence: Evidence | null
}

/** A request that says more, or less, than one thing. On the record like any other refusal. */
export function refuseUpgrade(socket: Socket, refusal: RefusedUpgrade, gateway: Gateway): void {
  const requestId = gateway.newRequestId()
  const outcome = refused(refusal.reason)
  const entry = requestEntry({
    requestId,
    at: gateway.clock(),
    operation: 'connect',
    evidence: refusal.evidence,
    peer: connectionOf(socket).remote.address,
    decision: null,
    outcome,
    detail: refusal.detail,
  })
  gateway.record.write({ ...entry, surface: 'websocket' })
  writeAndClose(socket, answerOf(outcome, requestId), gateway.extraHeaders)
}

/** No room, or no more of it: nothing was judged, so nothing is recorded. */
export function turnAway(
  socket: Socket,
  code: 'too_many_connections' | 'gateway_stopping',
  gateway: Gateway,
): void {
  const { status, type, message } = CATEGORIES.unavailable
  const requestId = gateway.newRequestId()
  gateway.log.warn(`auth refused an upgrade code=${code} request=${requestId}`)
  const answer = json(status, { error: { type, code, message, requestId } })
  writeAndClose(socket, answer, gateway.extraHeaders)
}

/** Our end is closed as soon as it is written: a peer that does not go away holds nothing here. */
function writeAndClose(
  socket: Socket,
  { status, headers, body }: Answer,
  extra: readonly string[],
): void {
  if (!socket.writable) return void socket.destroy()
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...pairs([...headers, ...SECURITY_HEADERS, ...extra]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  socket.write(body)
  socket.destroySoon()
}

function pairs(flat: readonly string[]): string[] {
  return flat.flatMap((text, index) =>
    index % 2 === 0 ? [`${text}: ${flat[index + 1] ?? ''}`] : [],
  )
}
