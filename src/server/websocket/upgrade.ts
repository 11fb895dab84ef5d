/** The WebSocket surface: takes upgrades, and keeps what became of them until the gateway stops. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { deviceChecker } from '../../access/device-proof.ts'
import type { Role } from '../../access/types.ts'
import type { NodeConnection } from '../../nodes/types.ts'
import type { TokenConnection } from '../../operations/token-rotation.ts'
import type { Gateway } from '../gateway.ts'
import type { LiveStreams } from '../live-streams.ts'
import type { SocketCaps } from '../socket-caps.ts'
import { endsByTime } from '../still-allowed.ts'
import { drain, type Drain } from './drain.ts'
import { makeHello, type HelloSources } from './hello.ts'
import { DEFAULT_LIMITS, type WebSocketLimits } from './limits.ts'
import { isOf, LiveConnections } from './live-connections.ts'
import { upgradeAcceptor } from './accept-upgrade.ts'
import type { Surroundings } from './conversation.ts'
import type { Parts, Phase } from './parts.ts'
import type { Presence } from './presence.ts'

export interface WebSocketSurfaceOptions {
  readonly gateway: Gateway
  readonly caps: SocketCaps
  readonly presence: Presence
  /** Answers over HTTP that are judged whenever connections are. */
  readonly streams: LiveStreams
  readonly hello: HelloSources
  /** False until the gateway can answer: `connect` hears "retry shortly". */
  readonly started: () => boolean
  readonly limits?: Partial<WebSocketLimits>
}

export interface WebSocketSurface {
  /** For every listener's `upgrade` event. */
  readonly onUpgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void
  /** After a reload, a revocation or a logout: closes what would not be let in any more (4001), and ends such streams. */
  readonly judgeAll: () => Promise<void>
  /** Whether a connection of this device is open. */
  deviceConnected(deviceId: string): boolean
  /** The newest connection of this node; `null`: it is not connected. */
  node(nodeId: string): NodeConnection | null
  /** Something that a device showed is valid no longer: its connections are judged again. */
  judgeDevice(deviceId: string): void
  /** A device is revoked: its connections (in this role, or all) end now, and nothing they sent counts any more (4001). */
  cutDevice(deviceId: string, role: Role | null): void
  /** Says goodbye, lets answers finish, closes (1012). Resolves when every socket is gone. */
  readonly drain: (how: Drain) => Promise<void>
  /** Open connections that a shared secret let in. */
  secretUsers(): readonly TokenConnection[]
  readonly counts: { readonly live: number; readonly waiting: number }
  /** Those of `live` on the owner's socket. */
  readonly owners: number
}

export function makeWebSocketSurface(options: WebSocketSurfaceOptions): WebSocketSurface {
  const { gateway, caps, presence, streams, started } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const state = { draining: false }
  const phase = (): Phase => {
    if (state.draining) return 'draining'
    return started() ? 'accepting' : 'starting'
  }
  const methods = new Map(
    gateway.operations.filter(({ websocket }) => websocket).map((one) => [one.name, one]),
  )
  const parts: Parts = { gateway, limits, methods, phase, checkDevice: deviceChecker() }
  const live = new LiveConnections(gateway)
  const surroundings: Surroundings = {
    parts,
    caps,
    presence,
    live,
    hello: makeHello(options.hello, presence, parts),
    waiting: new Set(),
    judgements: { count: 0 },
  }
  const accept = upgradeAcceptor(surroundings)
  const stopTimers = startTimers({ live, streams }, parts)
  const stopEvents = gateway.bus.subscribe((event) => live.publish(event))
  return {
    onUpgrade: accept,
    judgeAll: async () => {
      surroundings.judgements.count += 1
      await Promise.all([live.judge(() => true), streams.judge('all')])
    },
    deviceConnected: (deviceId) => live.hasDevice(deviceId),
    node: (nodeId) => live.node(nodeId),
    judgeDevice: (deviceId) => {
      surroundings.judgements.count += 1
      void streams.judge('all')
      live
        .judge((connection) => isOf(connection, deviceId, null))
        .catch((error: unknown) =>
          gateway.log.failure('connections of a device could not be judged', error),
        )
    },
    cutDevice: (deviceId, role) => {
      surroundings.judgements.count += 1
      live.cutDevice(deviceId, role)
      void streams.judge('all')
    },
    drain: async (how) => {
      if (state.draining) return
      state.draining = true
      await drain(how, surroundings)
      stopEvents()
      stopTimers()
    },
    secretUsers: () => live.secretUsers(),
    get owners() {
      return live.owners
    },
    get counts() {
      return { live: live.size, waiting: surroundings.waiting.size }
    },
  }
}

const EXPIRY_MS = 1_000

function startTimers(
  { live, streams }: { readonly live: LiveConnections; readonly streams: LiveStreams },
  { limits, gateway }: Parts,
): () => void {
  const tick = setInterval(() => {
    live.tick()
  }, limits.tickMs)
  // Whatever expires is cut off within a second, like whatever is revoked.
  const expiry = setInterval(() => {
    live.relieve(limits.totalBufferedBytes)
    void streams.judge('by-time')
    live
      .judge(({ decision }) => endsByTime(decision, gateway))
      .catch((error: unknown) => gateway.log.failure('live connections could not be judged', error))
  }, EXPIRY_MS)
  expiry.unref()
  const ping = setInterval(() => live.ping(), limits.pingMs)
  tick.unref()
  ping.unref()
  return () => {
    clearInterval(tick)
    clearInterval(expiry)
    clearInterval(ping)
  }
}
