/** One WebSocket from its first byte to its last: a handshake, then a live connection. */
import type { RawData } from 'ws'
import type { SocketCaps } from '../socket-caps.ts'
import { allowFrames } from './frame-size.ts'
import { Handshake } from './handshake.ts'
import type { Hello } from './hello.ts'
import type { Admitted } from './judge-connect.ts'
import { LiveConnection } from './live-connection.ts'
import type { LiveConnections } from './live-connections.ts'
import type { Parts } from './parts.ts'
import type { Presence } from './presence.ts'
import type { Upgraded } from './upgraded.ts'

export interface Surroundings {
  readonly parts: Parts
  readonly caps: SocketCaps
  readonly presence: Presence
  readonly live: LiveConnections
  readonly hello: Hello
  /** Handshakes that are not over. */
  readonly waiting: Set<Handshake>
  /** How often live connections were judged again or cut off. */
  readonly judgements: { count: number }
}

/** Whoever the frames are for at this moment: the handshake, then the live connection. */
interface Receiver {
  receive(data: Buffer, binary: boolean): void
}

/** `release`: gives back the slot of an unauthenticated client. */
export function openConversation(
  upgraded: Upgraded,
  surroundings: Surroundings,
  release: () => void,
): void {
  const { parts, waiting, judgements } = surroundings
  const { webSocket } = upgraded
  const handshake = new Handshake(upgraded, {
    parts,
    judgements,
    onOver: () => {
      release()
      waiting.delete(handshake)
    },
    onAdmitted: (admitted, id, early) => {
      const connection = goLive(upgraded, admitted, surroundings)
      turn.receiver = connection
      connection.outlet.send(surroundings.hello.text(id, admitted, upgraded.connectionId))
      for (const { data, binary } of early) connection.receive(data, binary)
    },
  })
  waiting.add(handshake)
  const turn: { receiver: Receiver } = { receiver: handshake }
  webSocket.on('message', (data, binary) =>
    receive(turn.receiver, { data, binary }, upgraded, parts),
  )
  // What breaks the protocol (a frame too large, text that is no UTF-8) `ws` has answered already.
  webSocket.on('error', () => {})
  webSocket.once('close', () => handshake.abandon())
}

/** Whatever a frame does, it ends its connection at most. */
function receive(
  receiver: Receiver,
  { data, binary }: { readonly data: RawData; readonly binary: boolean },
  { webSocket, connectionId }: Upgraded,
  { gateway }: Parts,
): void {
  try {
    if (Buffer.isBuffer(data)) receiver.receive(data, binary)
  } catch (error) {
    gateway.log.failure(`a frame of connection ${connectionId} could not be handled`, error)
    webSocket.close(1011, '')
  }
}

function goLive(
  upgraded: Upgraded,
  admitted: Admitted,
  surroundings: Surroundings,
): LiveConnection {
  const { parts, caps, presence, live } = surroundings
  const { webSocket, socket, connectionId } = upgraded
  const connection = new LiveConnection(upgraded, admitted, parts)
  caps.settle(socket)
  allowFrames(webSocket, parts.limits.frameBytes)
  live.add(connection)
  presence.join(connectionId, admitted, Math.trunc(parts.gateway.clock()))
  webSocket.on('pong', () => {
    connection.alive = true
  })
  webSocket.once('close', () => {
    live.remove(connection)
    presence.leave(connectionId)
    connection.leave()
  })
  return connection
}
