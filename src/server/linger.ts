/** Ends a connection whose caller is still sending: the answer is read before the end is noticed. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const LINGER_MS = 250
const LINGER_BYTES = 1024 * 1024

/** A body that nobody has read to its end: what comes next on this connection would be taken for a request. */
export function bodyWaits({ headers, complete }: IncomingMessage): boolean {
  if (complete) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** After the answer, a bounded moment of discarding: a socket closed over unread input would take the answer with it (RST). */
export function closeAfter(request: IncomingMessage, response: ServerResponse): void {
  // Taken now: a request that was destroyed meanwhile has none.
  const { socket } = request
  response.once('finish', () => discardThenDestroy(request, socket))
}

/** Reads and drops what still comes, for a moment and up to a bound, then ends the socket. */
export function discardThenDestroy(from: IncomingMessage | Socket, socket: Socket): void {
  const discarded = { bytes: 0 }
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  from.on('data', (chunk: Buffer) => {
    discarded.bytes += chunk.length
    if (discarded.bytes > LINGER_BYTES) socket.destroy()
  })
  from.resume()
  from.once('end', () => socket.destroySoon())
  socket.once('close', () => clearTimeout(timer))
}
