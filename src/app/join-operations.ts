/** What can be asked: each operation gets the parts it asks for, and each its route. */
import { admitVisitor } from '../channels/webchat/index.ts'
import { NodeInvocations } from '../nodes/invocations.ts'
import { countSessions } from '../operations/agent-sessions.ts'
import { keptHealth, type HealthPort } from '../operations/health.ts'
import { operations, type OperationPorts } from '../operations/index.ts'
import { PairingNews } from '../operations/pairing-news.ts'
import type { Operation } from '../operations/types.ts'
import { makeExplain } from '../server/explain.ts'
import { ProxyWitness } from '../server/proxy-witness.ts'
import { makeRoutes, type Routes } from '../server/routes.ts'
import { Presence } from '../server/websocket/presence.ts'
import { baseUrl } from './banner.ts'
import { senderRules } from './channel-plans.ts'
import { channelStatusPorts } from './channel-status.ts'
import type { Base } from './join-base.ts'
import type { Talk } from './join-talk.ts'
import { loginPorts } from './login-ports.ts'
import { metricsPort } from './metrics.ts'
import { nodePorts } from './node-ports.ts'
import { operationPorts, type OperationParts } from './operation-ports.ts'
import { probeSettings } from './ports.ts'
import { reachableAddresses } from './reachable.ts'
import { senderParts } from './sender-port.ts'
import { tokenSettings } from './token-settings.ts'

export interface Asked {
  readonly operations: readonly Operation[]
  readonly routes: Routes
  readonly presence: Presence
  readonly health: HealthPort
  readonly witness: ProxyWitness
  readonly pairingNews: PairingNews
}

export function joinOperations(base: Base, talk: Talk): Asked {
  const { start, state, live, config, clock } = base
  const presence = new Presence(start.version, clock)
  const pairingNews = new PairingNews(base.bus)
  const sessions = () => countSessions(talk.agents(), talk.conversations, clock())
  const health = keptHealth({
    configReload: () => ({ hotReloadStatus: 'active' }),
    defaultAgentId: () => talk.agents().defaultId,
    sessions,
    clock,
  })
  const settings = () => probeSettings(live.current())
  const witness = new ProxyWitness({ network: live.network, settings, clock })
  const ports = operationPorts({
    stateDir: start.stateDir,
    state,
    live,
    channels: channelStatusPorts(talk.channels, config, clock),
    presence,
    health,
    status: { facts: talk.facts.now, sessions },
    explain: (request, call) =>
      makeExplain({ gateway: base.theGateway(), routes, pages: base.pages })(request, call),
    connections: { open: () => base.theSockets().secretUsers() },
    pairing: { news: pairingNews },
    proxyProbes: witness,
    configProblem: () => base.reload.problem,
    trial: base.trial,
    judgeAll: () => void base.judgeAll(),
    ...peoplePorts(base, talk),
    ...devicePorts(base),
    ...processPorts(base, talk),
  })
  const all = operations(ports)
  const routes = makeRoutes(all)
  return { operations: all, routes, presence, health, witness, pairingNews }
}

/** Those who write to agents, and those who log in. */
function peoplePorts(
  { state, at, config, clock, theGateway }: Base,
  { runs, agents, conversations, inviterStands, channels }: Talk,
): Pick<OperationPorts, 'chat' | 'senders' | 'login'> {
  return {
    chat: {
      runs,
      agents,
      conversations,
      admitVisitor: (visitor) => admitVisitor(visitor, config().channels.webchat, clock()),
    },
    senders: senderParts({
      desk: state.senders,
      letIn: channels.letIn,
      rules: senderRules(config),
      makerOf: (principal) => state.sessions.makerOf(principal),
      inviterStands,
    }),
    login: loginPorts({
      gateway: theGateway,
      sessions: state.sessions,
      links: state.links,
      baseUrl: () => (at[0] === undefined ? '' : baseUrl(at[0])),
    }),
  }
}

/** Devices that pair, and nodes that run commands for others. */
function devicePorts({
  state,
  live,
  at,
  host,
  late,
  config,
  clock,
  theGateway,
}: Base): Pick<OperationPorts, 'devices' | 'nodes'> {
  const { tailnetNames } = host.host
  return {
    devices: {
      desk: state.pairing,
      connected: (deviceId) => late.sockets?.deviceConnected(deviceId) === true,
      reachable: () => reachableAddresses({ config, at, tailnetNames }),
      makerOf: (principal) => state.sessions.makerOf(principal),
      auth: () => (live.current().mode === 'token' ? 'token' : 'password'),
    },
    nodes: nodePorts({
      desk: state.pairing,
      connected: { find: (nodeId) => late.sockets?.node(nodeId) ?? null },
      invocations: new NodeInvocations(clock),
      gateway: theGateway,
    }),
  }
}

/** The process itself: its tokens, its numbers, its end. */
function processPorts(
  { start, request, state, live, reload, meters, clock, theSockets }: Base,
  { runs, conversations, channels }: Talk,
): Pick<OperationParts, 'settings' | 'metrics' | 'lifecycle'> {
  return {
    settings: tokenSettings({
      request,
      current: live.current,
      fingerprints: state.fingerprints,
      reload: () => reload.now(),
      problem: () => reload.problem,
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
    lifecycle: {
      pid: process.pid,
      stop: start.stop,
      restart: start.restart,
      whyNotAgain: async () => {
        await reload.now()
        return reload.problem
      },
    },
  }
}
