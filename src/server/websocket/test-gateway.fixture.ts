/** For tests: a listening gateway of the real access code, whose record, clock and facts are plain objects. */
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { accessWith, OWN_UID, TOKEN } from '../../access/scene.fixture.ts'
import { Throttle } from '../../access/throttle.ts'
import type { GuessSettings } from '../../access/throttle-settings.ts'
import type { Access, AccessPolicy, Decision, PeerOwner } from '../../access/types.ts'
import { AddressList } from '../../core/address.ts'
import { NodeInvocations } from '../../nodes/invocations.ts'
import { memoryDesk, type DeskOptions } from '../../pairing/desk.fixture.ts'
import type { NodePortParts } from '../../app/node-ports.ts'
import { announcePairing, pairingPort } from '../../app/pairing-port.ts'
import { requestIds } from '../../core/ids.ts'
import { memoryBus } from '../../operations/bus.ts'
import { devicePairApprove } from '../../operations/device-pair-approve.ts'
import { devicePairList, type DevicePairParts } from '../../operations/device-pair-list.ts'
import { devicePairReject } from '../../operations/device-pair-reject.ts'
import { devicePairRemove } from '../../operations/device-pair-remove.ts'
import { devicePairRename } from '../../operations/device-pair-rename.ts'
import { deviceTokenRevoke } from '../../operations/device-token-revoke.ts'
import { deviceTokenRotate } from '../../operations/device-token-rotate.ts'
import { health, keptHealth } from '../../operations/health.ts'
import { systemPresence } from '../../operations/system-presence.ts'
import { defineOperation, type Operation } from '../../operations/types.ts'
import { whoami } from '../../operations/whoami.ts'
import type { RequestEntry } from '../../record/types.ts'
import type { NetworkPolicy } from '../evidence.ts'
import type { Gateway } from '../gateway.ts'
import { makeServer } from '../listen.ts'
import { LiveStreams } from '../live-streams.ts'
import { NO_PAGES } from '../pages.ts'
import { makeRoutes } from '../routes.ts'
import { socketCaps } from '../socket-caps.ts'
import { SINGLE_HEADERS } from '../strict-http.ts'
import { WebhookLimits } from '../webhook-limits.ts'
import type { WebSocketLimits } from './limits.ts'
import { Presence } from './presence.ts'
import { makeWebSocketSurface } from './upgrade.ts'

export { TOKEN }

export interface TestGatewayOptions {
  readonly policy?: Partial<AccessPolicy>
  readonly access?: Partial<Omit<Access, 'policy'>>
  readonly trustedProxies?: readonly string[]
  readonly network?: Partial<NetworkPolicy>
  readonly limits?: Partial<WebSocketLimits>
  readonly guesses?: Partial<GuessSettings>
  readonly operations?: readonly Operation[] | ((nodes: NodePortParts) => readonly Operation[])
  readonly started?: () => boolean
  readonly peerOwner?: () => Promise<PeerOwner>
  readonly gateway?: Partial<Gateway>
  readonly desk?: DeskOptions
  /** The clock of the gateway and of its desk. */
  readonly clock?: () => number
}

const LENIENT = { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000 }

/** `stop` closes everything. `rules` are what a reload swaps. */
export async function testGateway(options: TestGatewayOptions = {}) {
  const { clock = Date.now } = options
  const throttle = new Throttle({
    settings: { ...LENIENT, ...options.guesses },
    steady: () => performance.now(),
    wall: () => Date.now(),
    journal: { append: async () => {} },
  })
  const bus = memoryBus()
  const late: { surface: ReturnType<typeof makeWebSocketSurface> | null } = { surface: null }
  const { desk } = memoryDesk({
    ...options.desk,
    announce: announcePairing({ bus, sockets: () => late.surface, clock }),
    clock,
  })
  const rules = {
    access: accessWith(options.policy, { limits: throttle, devices: desk.book, ...options.access }),
    network: networkWith(options),
    /** As a reload swaps it. */
    reload(policy: Partial<AccessPolicy>) {
      rules.access = { ...rules.access, policy: { ...rules.access.policy, ...policy } }
    },
  }
  const written: RequestEntry[] = []
  const folded: string[] = []
  const logged: string[] = []
  const uses: { readonly decision: Decision; readonly agent: string }[] = []
  const presence = new Presence('1.2.3', Date.now)
  const keptOk = keptHealth({
    configReload: () => ({ hotReloadStatus: 'active' }),
    defaultAgentId: () => 'main',
    sessions: async () => ({ byAgent: [], all: { path: 'store.sqlite', count: 0, recent: [] } }),
    clock: Date.now,
  })
  const log = (line: string): void => void logged.push(line)
  const nodes: NodePortParts = {
    desk,
    connected: { find: (nodeId) => late.surface?.node(nodeId) ?? null },
    invocations: new NodeInvocations(Date.now),
    gateway: () => gateway,
  }
  const gateway: Gateway = {
    network: () => rules.network,
    access: () => rules.access,
    generation: () => 0,
    guesses: throttle,
    facts: {
      peerOwner: options.peerOwner ?? (async () => ({ kind: 'uid', uid: OWN_UID })),
      tailnet: async () => ({ kind: 'unknown-address' }),
    },
    quotas: { take: () => null },
    locks: { created: () => {} },
    record: recorder(written, folded),
    meter: { ended: () => {} },
    tracer: { begin: () => null },
    operations: [
      health(keptOk),
      systemPresence(presence),
      whoami(),
      ...deviceOperations({
        desk,
        connected: (deviceId) => late.surface?.deviceConnected(deviceId) === true,
      }),
      ...TEST_OPERATIONS,
      ...operationsOf(options, nodes),
    ],
    bus,
    pairing: pairingPort(desk),
    webhooks: { find: () => null },
    clock,
    newRequestId: requestIds(),
    log: {
      info: log,
      warn: log,
      error: log,
      failure: (message, error) => log(`${message}: ${String(error)}`),
    },
    onTurnedAway: () => {},
    onAllowed: (decision, agent) => void uses.push({ decision, agent }),
    ready: () => true,
    version: '1.2.3',
    cookies: () => ({ secure: true, sameSite: 'strict' }),
    extraHeaders: ['X-Test', 'yes'],
    ...options.gateway,
  }
  const caps = socketCaps({ perPeer: 64, total: 4096, reserve: 64, isTrusted: () => false })
  const streams = new LiveStreams()
  const surface = makeWebSocketSurface({
    gateway,
    caps,
    presence,
    streams,
    hello: {
      events: ['health', 'presence', 'chat'],
      health: () => keptOk.summary(),
      uptimeMs: () => 12_345.6,
      snapshot: (viewer) => (viewer === 'administrator' ? { stateDir: '/state' } : {}),
    },
    started: options.started ?? (() => true),
    limits: { closeMs: 200, ...options.limits },
  })
  late.surface = surface
  const server = makeServer({
    listener: 'tcp',
    surface: {
      gateway,
      routes: makeRoutes(gateway.operations),
      pages: NO_PAGES,
      caps,
      webhookLimits: new WebhookLimits(),
      witness: { see: () => {} },
      streams,
    },
    onUpgrade: surface.onUpgrade,
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    await surface.drain({ reason: 'test over', restartExpectedMs: null, graceMs: 100 })
    server.closeAllConnections()
    await new Promise((resolve) => void server.close(resolve))
  }
  return {
    port,
    gateway,
    surface,
    rules,
    caps,
    throttle,
    presence,
    desk,
    written,
    folded,
    logged,
    uses,
    streams,
    stop,
  }
}

export type TestGateway = Awaited<ReturnType<typeof testGateway>>

function operationsOf(
  { operations = [] }: TestGatewayOptions,
  nodes: NodePortParts,
): readonly Operation[] {
  return typeof operations === 'function' ? operations(nodes) : operations
}

function networkWith({ trustedProxies = [], network, policy }: TestGatewayOptions): NetworkPolicy {
  const trusted = new AddressList(trustedProxies)
  return {
    isTrusted: (address) => trusted.has(address),
    isOwnInterface: () => false,
    userHeader: null,
    requiredHeaders: [],
    identityHeaders: new Set(),
    singleHeaders: new Set(SINGLE_HEADERS),
    passwordLive: policy?.mode === 'password',
    ...network,
  }
}

/** Folds what it has seen before, as the real one does within a minute. */
function recorder(written: RequestEntry[], folded: string[]): Gateway['record'] {
  const seen = new Set<string>()
  return {
    writable: true,
    fold({ principal, client, operation }) {
      const key = `${principal} ${client} ${operation}`
      if (!seen.has(key)) {
        seen.add(key)
        return false
      }
      folded.push(key)
      return true
    },
    write: (entry) => void written.push(entry),
    note: () => {},
    open: async ({ requestId }) => ({ requestId }),
    close: async () => {},
  }
}

function deviceOperations(parts: DevicePairParts): readonly Operation[] {
  return [
    devicePairList(parts),
    devicePairApprove(parts),
    devicePairReject(parts),
    devicePairRemove(parts),
    devicePairRename(parts),
    deviceTokenRotate(parts),
    deviceTokenRevoke(parts),
  ]
}

const nothing = z.strictObject({})

/** What the tests call: one operation of each kind. */
const TEST_OPERATIONS: readonly Operation[] = [
  defineOperation({
    name: 'test.echo',
    summary: 'Says what it heard.',
    requires: 'operator.read',
    changes: false,
    http: null,
    websocket: true,
    input: z.strictObject({ text: z.string() }),
    run: ({ text }) => ({ text }),
  }),
  defineOperation({
    name: 'test.change',
    summary: 'Changes nothing.',
    requires: 'operator.admin',
    changes: true,
    http: null,
    websocket: true,
    input: nothing,
    run: () => ({ changed: true }),
  }),
  defineOperation({
    name: 'test.broken',
    summary: 'Fails.',
    requires: 'operator.read',
    changes: false,
    http: null,
    websocket: true,
    input: nothing,
    run: () => {
      throw new Error('a secret detail')
    },
  }),
  defineOperation({
    name: 'test.circular',
    summary: 'Answers what is no JSON.',
    requires: 'operator.read',
    changes: false,
    http: null,
    websocket: true,
    input: nothing,
    run: () => ({ big: 1n }),
  }),
  defineOperation({
    name: 'test.agent',
    summary: 'Answers twice.',
    requires: 'operator.write',
    changes: false,
    http: null,
    websocket: true,
    input: nothing,
    run: async (_input, call) => {
      call.emit({ kind: 'accepted', payload: { runId: 'run-1', status: 'accepted' } })
      call.emit({ kind: 'delta', text: 'not sent here' })
      await Promise.resolve()
      return { runId: 'run-1', status: 'ok', surface: call.surface, connection: call.connectionId }
    },
  }),
  defineOperation({
    name: 'test.http-only',
    summary: 'Not for frames.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/http-only' },
    websocket: false,
    input: nothing,
    run: () => ({}),
  }),
]
