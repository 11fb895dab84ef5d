/** Joins the parts into one gateway: the operations, the HTTP surface and the WebSocket surface share its few functions. */
import type { Server } from 'node:http'
import { configuredAgents } from './agents.ts'
import { Runs } from '../agents/runs.ts'
import type { RunEvent } from '../agents/types.ts'
import { CLASSES } from '../access/throttle-locks.ts'
import { CHANNELS } from '../channels/index.ts'
import { Meters } from '../telemetry/meters.ts'
import { admitVisitor } from '../channels/webchat/index.ts'
import { RequestLimits } from '../access/request-limits.ts'
import type { Listener } from '../access/types.ts'
import type { LoadRequest } from '../config/gather.ts'
import type { Clock } from '../core/clock.ts'
import { countSessions } from '../operations/agent-sessions.ts'
import { publishRuns } from '../operations/chat-events.ts'
import { memoryBus } from '../operations/bus.ts'
import { PairingNews } from '../operations/pairing-news.ts'
import { NodeInvocations } from '../nodes/invocations.ts'
import { keptHealth } from '../operations/health.ts'
import { operations } from '../operations/index.ts'
import type { ListeningAddress } from '../operations/status.ts'
import { makeExplain } from '../server/explain.ts'
import type { Gateway } from '../server/gateway.ts'
import { lockNotes } from '../server/lock-notes.ts'
import { makeServer } from '../server/listen.ts'
import { LiveStreams } from '../server/live-streams.ts'
import { makeRoutes, type Routes } from '../server/routes.ts'
import { socketCaps } from '../server/socket-caps.ts'
import { ProxyWitness } from '../server/proxy-witness.ts'
import { WebhookLimits } from '../server/webhook-limits.ts'
import { Presence } from '../server/websocket/presence.ts'
import { makeWebSocketSurface, type WebSocketSurface } from '../server/websocket/upgrade.ts'
import { conversationStore } from '../storage/messages.ts'
import { memoryStore } from '../storage/memory.ts'
import type { HostParts } from './host-facts.ts'
import type { LiveAccess } from './live-access.ts'
import { loginPorts } from './login-ports.ts'
import { nodePorts } from './node-ports.ts'
import { operationPorts } from './operation-ports.ts'
import { probeSettings } from './ports.ts'
import { onAllowed, onTurnedAway } from './on-allowed.ts'
import { metricsPort } from './metrics.ts'
import { loadPages } from './pages.ts'
import { announcePairing, PAIRING_EVENTS, pairingPort } from './pairing-port.ts'
import { inviterStands } from './inviters.ts'
import { senderRules } from './channel-plans.ts'
import { announceSenders, SENDER_EVENTS, senderParts } from './sender-port.ts'
import { channelStatusPorts } from './channel-status.ts'
import { joinChannels, type Channels } from './channels.ts'
import type { PairingEvent } from '../pairing/desk.ts'
import type { SenderEvent } from '../senders/desk.ts'
import { baseUrl } from './banner.ts'
import { countedGuesses } from './counted-guesses.ts'
import { reachableAddresses } from './reachable.ts'
import { requestQuotas } from './quotas.ts'
import type { StartOptions } from './start.ts'
import type { State } from './state.ts'
import { ConfigTrial } from './config-trial.ts'
import type { AtStart } from './config-trial-start.ts'
import { gatewayFacts } from './status-facts.ts'
import { tokenSettings } from './token-settings.ts'
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

export interface Joined {
  readonly gateway: Gateway
  readonly routes: Routes
  readonly runs: Runs
  readonly sockets: WebSocketSurface
  readonly makeServer: (listener: Listener) => Server
  /** Connections that would not be let in any more are closed. */
  judgeAll(): Promise<void>
  /** What happened to a device: told to operators, and to its own connections. */
  announce(event: PairingEvent): void
  announceSender(event: SenderEvent): void
  readonly channels: Channels
  readonly pairingNews: PairingNews
  /** From now on the gateway answers. */
  started(): void
  readonly reload: Reload
  readonly meters: Meters
  readonly traces: Traces
  /** Changes that undo themselves. */
  readonly trial: ConfigTrial
  readonly startedAt: number
}

export function joinGateway(parts: JoinParts): Joined {
  const { start, state, live, host, at, clock } = parts
  const startedAt = clock()
  const flags = { ready: false }
  const reload: Reload = { now: async () => {}, problem: null, waiting: [], appliedAt: startedAt }
  const traces = makeTraces({ version: start.version, log: state.log })
  const meters = new Meters({ classes: CLASSES, channels: Object.keys(CHANNELS) })
  const late: { gateway: Gateway | null; sockets: WebSocketSurface | null } = {
    gateway: null,
    sockets: null,
  }
  const theGateway = (): Gateway => late.gateway ?? unready()
  const theSockets = (): WebSocketSurface => late.sockets ?? unready()
  const judgeAll = async (): Promise<void> => late.sockets?.judgeAll()

  const bus = memoryBus()
  const pairingNews = new PairingNews(bus)
  const conversations = conversationStore(state.store)
  const facts = gatewayFacts({
    start,
    state,
    live,
    at,
    startedAt,
    connections: () => late.sockets?.counts.live ?? 0,
    problem: () => reload.problem,
    waiting: () => reload.waiting,
    trial: () => trial.warnings(),
    agents: () => agents(),
  })
  const trial = new ConfigTrial({
    request: parts.request,
    live,
    state,
    gateway: theGateway,
    reload,
    restart: start.restart,
    clock,
    atStart: parts.pending,
  })
  const agents = configuredAgents(() => live.current().loaded.config, {
    memory: memoryStore(state.store),
    conversations,
    clock,
    status: facts.asText,
  })
  const runs = new Runs({
    agents,
    conversations,
    clock,
    publish: watched(publishRuns(bus), [meters, traces.tracing]),
    report: (message, error) => state.log.failure(message, error),
  })
  const stands = inviterStands({
    devices: () => state.pairing.book,
    policy: () => live.access().policy,
    clock,
  })
  const channels = joinChannels({
    inviterStands: stands,
    config: () => live.current().loaded.config,
    store: state.store,
    meta: state.meta,
    desk: state.senders,
    lastUse: state.lastUse,
    agents,
    runs,
    conversations,
    record: state.record,
    meters,
    newRequestId: parts.newRequestId,
    log: state.log,
    clock,
  })
  const presence = new Presence(start.version, clock)
  const sessions = () => countSessions(agents(), conversations, clock())
  const health = keptHealth({
    configReload: () => ({ hotReloadStatus: 'active' }),
    defaultAgentId: () => agents().defaultId,
    sessions,
    clock,
  })
  const witness = new ProxyWitness({
    network: live.network,
    settings: () => probeSettings(live.current()),
    clock,
  })
  const ports = operationPorts({
    stateDir: start.stateDir,
    state,
    live,
    chat: {
      runs,
      agents,
      conversations,
      admitVisitor: (visitor) =>
        admitVisitor(visitor, live.current().loaded.config.channels.webchat, clock()),
    },
    channels: channelStatusPorts(channels, () => live.current().loaded.config, clock),
    senders: senderParts({
      desk: state.senders,
      rules: senderRules(() => live.current().loaded.config),
      makerOf: (principal) => state.sessions.makerOf(principal),
      inviterStands: stands,
    }),
    presence,
    health,
    status: { facts: facts.now, sessions },
    explain: (request, call) => makeExplain(theGateway(), routes)(request, call),
    settings: tokenSettings({
      request: parts.request,
      current: live.current,
      fingerprints: state.fingerprints,
      reload: () => reload.now(),
      problem: () => reload.problem,
    }),
    connections: { open: () => theSockets().secretUsers() },
    devices: {
      desk: state.pairing,
      connected: (deviceId) => late.sockets?.deviceConnected(deviceId) === true,
      reachable: () =>
        reachableAddresses({
          config: () => live.current().loaded.config,
          at,
          tailnetNames: host.host.tailnetNames,
        }),
      makerOf: (principal) => state.sessions.makerOf(principal),
      auth: () => (live.current().mode === 'token' ? 'token' : 'password'),
    },
    nodes: nodePorts({
      desk: state.pairing,
      connected: { find: (nodeId) => late.sockets?.node(nodeId) ?? null },
      invocations: new NodeInvocations(clock),
      gateway: theGateway,
    }),
    pairing: { news: pairingNews },
    login: loginPorts({
      gateway: theGateway,
      sessions: state.sessions,
      links: state.links,
      baseUrl: () => (at[0] === undefined ? '' : baseUrl(at[0])),
    }),
    metrics: metricsPort({
      version: start.version,
      meters,
      state,
      sockets: theSockets,
      runs,
      conversations,
      host: channels.host,
      reload,
      clock,
    }),
    proxyProbes: witness,
    lifecycle: {
      pid: process.pid,
      stop: start.stop,
      restart: start.restart,
      whyNotAgain: async () => {
        await reload.now()
        return reload.problem
      },
    },
    configProblem: () => reload.problem,
    trial,
    judgeAll: () => void judgeAll(),
  })
  const all = operations(ports)
  const routes = makeRoutes(all)
  const steady = (): number => performance.now()
  const gateway: Gateway = {
    network: live.network,
    access: live.access,
    generation: live.generation,
    guesses: countedGuesses(state.throttle, meters),
    facts: host.facts,
    quotas: requestQuotas({
      byCredential: new RequestLimits(steady),
      byAddress: new RequestLimits(steady),
      apiKeys: state.apiKeys,
      makerOf: (principal) => state.sessions.makerOf(principal),
      settings: () => live.current().loaded.config.security.rateLimit,
    }),
    pairing: pairingPort(state.pairing),
    webhooks: { find: (channel, account) => channels.webhook(channel, account) },
    record: state.record,
    meter: meters,
    tracer: traces.tracing,
    locks: lockNotes({ record: state.record, log: state.log, clock }),
    operations: all,
    bus,
    clock,
    newRequestId: parts.newRequestId,
    log: state.log,
    onAllowed: onAllowed(state, clock),
    onTurnedAway: onTurnedAway(state, clock),
    ready: () => flags.ready,
    version: start.version,
    cookies: () => live.current().loaded.config.security.session,
    extraHeaders: [],
  }
  late.gateway = gateway
  const caps = socketCaps({
    perPeer: 64,
    total: 2048,
    reserve: 64,
    isTrusted: (address) => live.network().isTrusted(address),
  })
  const streams = new LiveStreams()
  const sockets = makeWebSocketSurface({
    gateway,
    caps,
    presence,
    streams,
    started: () => flags.ready,
    hello: {
      events: [
        'agent',
        'chat',
        ...PAIRING_EVENTS,
        ...SENDER_EVENTS,
        'node.invoke.request',
        'node.invoke.cancel',
      ],
      health: () => health.summary(),
      uptimeMs: () => clock() - startedAt,
      snapshot: (viewer) => facts.snapshot(viewer),
    },
  })
  late.sockets = sockets
  const surface = {
    gateway,
    routes,
    pages: loadPages(() => live.current().loaded.config.gateway.controlUi.enabled),
    caps,
    webhookLimits: new WebhookLimits(),
    witness,
    streams,
  }
  return {
    gateway,
    routes,
    runs,
    sockets,
    judgeAll,
    reload,
    meters,
    traces,
    trial,
    startedAt,
    channels,
    pairingNews,
    announceSender: announceSenders({ bus, clock, tellOwner: (one) => channels.tellOwner(one) }),
    announce: announcePairing({ bus, sockets: () => late.sockets, clock }),
    makeServer: (listener) =>
      makeServer({
        listener,
        surface,
        onUpgrade: (request, socket, head) => sockets.onUpgrade(request, socket, head),
      }),
    started: () => {
      flags.ready = true
    },
  }
}

/** Whoever listens hears of a run as ever; metrics and traces hear of it besides. */
function watched(
  publish: (event: RunEvent) => void,
  watchers: readonly Pick<Meters, 'run'>[],
): (event: RunEvent) => void {
  return (event) => {
    publish(event)
    for (const watcher of watchers) watcher.run(event)
  }
}

function unready(): never {
  throw new Error('a request came before the gateway was joined')
}
