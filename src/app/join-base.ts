/** What every step of joining shares: what was given, and how whoever needs the gateway early gets it late. */
import { CLASSES } from '../access/throttle-locks.ts'
import { CHANNELS } from '../channels/index.ts'
import type { LoadRequest } from '../config/gather.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import { memoryBus } from '../operations/bus.ts'
import type { ListeningAddress } from '../operations/status.ts'
import type { EventBus } from '../operations/types.ts'
import type { Gateway } from '../server/gateway.ts'
import type { Pages } from '../server/pages.ts'
import type { WebSocketSurface } from '../server/websocket/upgrade.ts'
import { Meters } from '../telemetry/meters.ts'
import { ConfigTrial } from './config-trial.ts'
import type { AtStart } from './config-trial-start.ts'
import type { HostParts } from './host-facts.ts'
import type { LiveAccess } from './live-access.ts'
import { loadPages } from './pages.ts'
import type { StartOptions } from './start.ts'
import type { State } from './state.ts'
import { makeTraces, type Traces } from './traces.ts'

export interface JoinParts {
  readonly start: StartOptions
  readonly request: LoadRequest
  readonly state: State
  readonly live: LiveAccess
  readonly host: HostParts
  /** Filled once the sockets are open. */
  readonly at: readonly ListeningAddress[]
  /** A change of the configuration that waited to be confirmed when the gateway started. */
  readonly pending: AtStart
  readonly newRequestId: () => string
  readonly clock: Clock
}

/** Takes over what the files now say; `running.ts` sets it. */
export interface Reload {
  now: () => Promise<void>
  /** Why the files are not in force; `null` when they are. */
  problem: string | null
  /** Settings that only a restart applies. */
  waiting: readonly string[]
  /** When the configuration in force came into force: milliseconds since the epoch. */
  appliedAt: number
}

/** What is joined last, and asked for by what is joined before it. */
interface Late {
  gateway: Gateway | null
  sockets: WebSocketSurface | null
  /** The gateway answers. */
  ready: boolean
}

export interface Base extends JoinParts {
  readonly startedAt: number
  readonly reload: Reload
  readonly traces: Traces
  readonly meters: Meters
  readonly bus: EventBus
  /** Changes that undo themselves. */
  readonly trial: ConfigTrial
  /** As it is in force. */
  readonly config: () => Config
  readonly pages: Pages
  readonly late: Late
  readonly theGateway: () => Gateway
  readonly theSockets: () => WebSocketSurface
  /** Connections that would not be let in any more are closed. */
  readonly judgeAll: () => Promise<void>
}

export function joinBase(parts: JoinParts): Base {
  const { start, state, live, clock } = parts
  const startedAt = clock()
  const reload: Reload = { now: async () => {}, problem: null, waiting: [], appliedAt: startedAt }
  const late: Late = { gateway: null, sockets: null, ready: false }
  const config = (): Config => live.current().loaded.config
  const theGateway = (): Gateway => late.gateway ?? unready()
  return {
    ...parts,
    startedAt,
    reload,
    traces: makeTraces({ version: start.version, log: state.log }),
    meters: new Meters({ classes: CLASSES, channels: Object.keys(CHANNELS) }),
    bus: memoryBus(),
    trial: new ConfigTrial({
      request: parts.request,
      live,
      state,
      gateway: theGateway,
      reload,
      restart: start.restart,
      clock,
      atStart: parts.pending,
    }),
    config,
    pages: loadPages(() => config().gateway.controlUi.enabled),
    late,
    theGateway,
    theSockets: () => late.sockets ?? unready(),
    judgeAll: async () => late.sockets?.judgeAll(),
  }
}

function unready(): never {
  throw new Error('a request came before the gateway was joined')
}
