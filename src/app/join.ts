/** Joins the parts into one gateway: the operations, the HTTP surface and the WebSocket surface share its few functions. */
import type { Server } from 'node:http'
import { RequestLimits } from '../access/request-limits.ts'
import type { Listener } from '../access/types.ts'
import type { PairingEvent } from '../pairing/desk.ts'
import type { SenderEvent } from '../senders/desk.ts'
import type { Gateway } from '../server/gateway.ts'
import { makeServer } from '../server/listen.ts'
import { LiveStreams } from '../server/live-streams.ts'
import { lockNotes } from '../server/lock-notes.ts'
import type { Surface } from '../server/serve.ts'
import { socketCaps } from '../server/socket-caps.ts'
import { WebhookLimits } from '../server/webhook-limits.ts'
import { makeWebSocketSurface, type WebSocketSurface } from '../server/websocket/upgrade.ts'
import { countedGuesses } from './counted-guesses.ts'
import { joinBase, type Base, type JoinParts } from './join-base.ts'
import { joinOperations, type Asked } from './join-operations.ts'
import { joinTalk, type Talk } from './join-talk.ts'
import { onAllowed, onTurnedAway } from './on-allowed.ts'
import { announcePairing, PAIRING_EVENTS, pairingPort } from './pairing-port.ts'
import { requestQuotas } from './quotas.ts'
import { announceSenders, SENDER_EVENTS } from './sender-port.ts'

export interface Joined
  extends
    Pick<Base, 'judgeAll' | 'reload' | 'meters' | 'traces' | 'trial' | 'startedAt'>,
    Pick<Talk, 'runs' | 'channels'>,
    Pick<Asked, 'routes' | 'pairingNews'> {
  readonly gateway: Gateway
  readonly sockets: WebSocketSurface
  readonly makeServer: (listener: Listener) => Server
  /** What happened to a device: told to operators, and to its own connections. */
  announce(event: PairingEvent): void
  announceSender(event: SenderEvent): void
  /** From now on the gateway answers. */
  started(): void
}

export function joinGateway(parts: JoinParts): Joined {
  const base = joinBase(parts)
  const talk = joinTalk(base)
  const asked = joinOperations(base, talk)
  const gateway = gatewayOf(base, talk, asked)
  base.late.gateway = gateway
  const surface = httpSurface(base, asked, gateway)
  const sockets = socketSurface(base, { ...talk, ...asked }, surface)
  base.late.sockets = sockets
  return { ...joined(base, talk, asked), gateway, sockets, makeServer: serversOf(surface, sockets) }
}

/** What the server asks of everything else. */
function gatewayOf(base: Base, talk: Talk, { operations }: Asked): Gateway {
  const { state, live, host, meters, config, clock } = base
  return {
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
      settings: () => config().security.rateLimit,
    }),
    pairing: pairingPort(state.pairing),
    webhooks: { find: (channel, account) => talk.channels.webhook(channel, account) },
    record: state.record,
    meter: meters,
    tracer: base.traces.tracing,
    locks: lockNotes({ record: state.record, log: state.log, clock }),
    operations,
    bus: base.bus,
    clock,
    newRequestId: base.newRequestId,
    log: state.log,
    onAllowed: onAllowed(state, clock),
    onTurnedAway: onTurnedAway(state, clock),
    ready: () => base.late.ready,
    version: base.start.version,
    cookies: () => config().security.session,
    extraHeaders: [],
  }
}

/** A clock that nobody sets. */
const steady = (): number => performance.now()

function httpSurface({ live, pages }: Base, { routes, witness }: Asked, gateway: Gateway): Surface {
  return {
    gateway,
    routes,
    pages,
    caps: socketCaps({
      perPeer: 64,
      total: 2048,
      reserve: 64,
      isTrusted: (address) => live.network().isTrusted(address),
    }),
    webhookLimits: new WebhookLimits(),
    witness,
    streams: new LiveStreams(),
  }
}

function socketSurface(
  { late, startedAt, clock }: Base,
  { facts, presence, health }: Pick<Talk, 'facts'> & Pick<Asked, 'presence' | 'health'>,
  { gateway, caps, streams }: Surface,
): WebSocketSurface {
  return makeWebSocketSurface({
    gateway,
    caps,
    presence,
    streams,
    started: () => late.ready,
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
}

function serversOf(surface: Surface, sockets: WebSocketSurface): Joined['makeServer'] {
  return (listener) =>
    makeServer({
      listener,
      surface,
      onUpgrade: (request, socket, head) => sockets.onUpgrade(request, socket, head),
    })
}

function joined(
  { judgeAll, reload, meters, traces, trial, startedAt, bus, late, clock }: Base,
  { runs, channels }: Talk,
  { routes, pairingNews }: Asked,
): Omit<Joined, 'gateway' | 'sockets' | 'makeServer'> {
  return {
    judgeAll,
    reload,
    meters,
    traces,
    trial,
    startedAt,
    runs,
    channels,
    routes,
    pairingNews,
    announceSender: announceSenders({ bus, clock, tellOwner: (one) => channels.tellOwner(one) }),
    announce: announcePairing({ bus, sockets: () => late.sockets, clock }),
    started: () => {
      late.ready = true
    },
  }
}
