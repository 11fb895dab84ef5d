/** Lets a connection send larger frames once it is known whose it is. */
import type { WebSocket } from 'ws'

/**
 * `ws` fixes the limit when the socket opens and offers no way to raise it, so the limit is set where
 * its receiver keeps it. Throws when it is not there: a release of `ws` that moved it must not go
 * unnoticed, and a connection with the small limit is safe but of little use.
 */
export function allowFrames(webSocket: WebSocket, bytes: number): void {
  const receiver: unknown = Reflect.get(webSocket, '_receiver')
  if (typeof receiver !== 'object' || receiver === null || !('_maxPayload' in receiver))
    throw new Error('this release of ws keeps its frame limit somewhere else')
  receiver._maxPayload = bytes
}
