/** The words of a close frame, which must fit into it. */

/** RFC 6455 leaves 123 bytes; the wire's clients expect at most this many (PROTOCOL 1.6). */
const MAX_BYTES = 120

/** Cut at a whole character. */
export function closeReason(message: string): string {
  if (Buffer.byteLength(message) <= MAX_BYTES) return message
  const cut = Buffer.from(message).subarray(0, MAX_BYTES).toString()
  return cut.replace(/\uFFFD+$/u, '')
}
