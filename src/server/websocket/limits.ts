/** How much one WebSocket may take, before and after anybody knows who it is (SPEC 11, PROTOCOL 1.4). */

/** Times in milliseconds, sizes in bytes. */
export interface WebSocketLimits {
  /** From the open socket to the answered `connect`. */
  readonly handshakeMs: number
  /** How long a peer may take to answer a close frame before its socket is destroyed. */
  readonly closeMs: number
  /** One frame before the handshake is done. */
  readonly earlyFrameBytes: number
  /** Frames that may wait while `connect` is judged. */
  readonly earlyFrames: number
  /** Unauthenticated WebSockets of one client address behind a trusted proxy. */
  readonly waitingPerClient: number
  /** One frame after the handshake. */
  readonly frameBytes: number
  /** What may wait for a slow reader; half of it is the end of droppable events. */
  readonly bufferedBytes: number
  /** What may wait for all slow readers together. */
  readonly totalBufferedBytes: number
  /** Requests of one connection that are being answered at once, and what they sent. */
  readonly requestsInFlight: number
  readonly bytesInFlight: number
  readonly tickMs: number
  readonly pingMs: number
}

const KIB = 1024
const MIB = 1024 * KIB

export const DEFAULT_LIMITS: WebSocketLimits = {
  handshakeMs: 10_000,
  closeMs: 1_000,
  earlyFrameBytes: 64 * KIB,
  earlyFrames: 16,
  waitingPerClient: 64,
  frameBytes: 25 * MIB,
  bufferedBytes: 50 * MIB,
  totalBufferedBytes: 256 * MIB,
  requestsInFlight: 256,
  bytesInFlight: 50 * MIB,
  tickMs: 30_000,
  pingMs: 25_000,
}
