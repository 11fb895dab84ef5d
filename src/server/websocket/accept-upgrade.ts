/** Makes a WebSocket of an HTTP upgrade, unless it cannot be judged at all or there is no room (SPEC 2.10). */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Evidence } from '../../access/types.ts'
import { connectionOf } from '../connection.ts'
import { collectEvidence } from '../evidence.ts'
import { originForm, secretInQuery } from '../strict-http.ts'
import { openConversation, type Surroundings } from './conversation.ts'
import type { Parts } from './parts.ts'
import { refuseUpgrade, turnAway } from './upgrade-refusal.ts'
import { WaitingClients } from './waiting-clients.ts'

/** Any path is taken. Locks, origins and credentials are answered at `connect`. */
export function upgradeAcceptor(
  surroundings: Surroundings,
): (request: IncomingMessage, socket: Socket, head: Buffer) => void {
  const { parts } = surroundings
  const server = webSocketServer(parts)
  const clients = new WaitingClients(parts.limits.waitingPerClient)

  const open = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    const evidence = evidenceOf(request, socket, parts)
    if (evidence === null) return
    if (parts.phase() === 'draining') return turnAway(socket, 'gateway_stopping', parts.gateway)
    const release = clients.take(evidence)
    if (release === null) return turnAway(socket, 'too_many_connections', parts.gateway)

    socket.once('close', release)
    const connection = connectionOf(socket)
    // The answer to the upgrade and the challenge leave in one write.
    socket.cork()
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const { method, url, headers, rawHeaders } = request
      openConversation(
        {
          webSocket,
          socket,
          request: { method, url, headers, rawHeaders },
          evidence,
          connection,
          connectionId: randomUUID(),
          generation: parts.gateway.generation(),
        },
        surroundings,
        release,
      )
    })
    socket.uncork()
  }
  return (request, socket, head) => {
    // Without a listener, a peer that resets the connection would end the process.
    socket.on('error', () => socket.destroy())
    try {
      open(request, socket, head)
    } catch (error) {
      parts.gateway.log.failure('an upgrade failed', error)
      socket.destroy()
    }
  }
}

/** `null`: the upgrade was refused. */
function evidenceOf(request: IncomingMessage, socket: Socket, { gateway }: Parts): Evidence | null {
  const collected = collectEvidence(request, 'websocket', gateway.network())
  if (collected.kind === 'malformed') {
    refuseUpgrade(socket, { ...collected, evidence: null }, gateway)
    return null
  }
  const { evidence } = collected
  if (!secretInQuery(originForm(request.url ?? ''), null)) return evidence
  const detail = 'a secret does not belong in an address'
  refuseUpgrade(socket, { reason: 'credential_in_query', detail, evidence }, gateway)
  return null
}

function webSocketServer({ gateway, limits }: Parts): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.earlyFrameBytes,
    closeTimeout: limits.closeMs,
    // A client may offer subprotocols; we speak none.
    handleProtocols: () => false as const,
  }
  const server = new WebSocketServer(options)
  server.on('wsClientError', (error, _socket, request) => {
    const refusal = { reason: 'malformed_request', detail: error.message, evidence: null } as const
    refuseUpgrade(request.socket, refusal, gateway)
  })
  return server
}
