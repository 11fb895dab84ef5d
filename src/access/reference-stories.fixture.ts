/** Random requests near the ones that matter: a story from the field, and a few things changed about it. */
import * as fc from 'fast-check'
import { CREDENTIALS } from './reference-credential-pool.fixture.ts'
import type { CredentialName } from './reference-credential-pool.fixture.ts'
import { DEVICE_NAMES } from './reference-device-pool.fixture.ts'
import { PEER_NAMES, TAILSCALED_UID } from './reference-scene.fixture.ts'
import type { Scene } from './reference-scene.fixture.ts'
import type { Scope } from './scopes.ts'
import { OWN_UID } from './scene.fixture.ts'

const STRANGER: Scene = {
  mode: 'token',
  rotating: false,
  allowLocalDirect: true,
  exemptLoopback: true,
  socketOwners: true,
  ownUid: OWN_UID,
  allowUsers: 'listed',
  allowLoopback: false,
  tailscale: 'disabled',
  listenerOnly: false,
  identityScopes: 'not set',
  apiKeys: true,
  allowedOrigins: 'none',
  transport: 'http',
  listener: 'tcp',
  peer: 'stranger',
  clientAddress: '198.51.100.7',
  host: 'gateway.example',
  hostPort: '18789',
  origin: null,
  site: null,
  scheme: 'http',
  navigation: false,
  forwarding: [],
  user: '',
  missing: [],
  login: '',
  funnel: false,
  serveHeaders: false,
  forwardedAddress: null,
  credentials: [],
  scopesHeader: null,
  requested: ['operator.read', 'operator.write'],
  agent: 'curl/8',
  role: 'operator',
  device: 'none',
  proven: true,
  controlUi: false,
  pairing: { required: true, autoApprove: false },
  owner: OWN_UID,
  tailnet: 'alice@example.com',
  lockedClass: 'none',
  lockedAddress: '*',
  lockedGuessableOnly: false,
  loopbackHeld: false,
}
const NEIGHBOUR: Scene = { ...STRANGER, peer: 'this host', host: 'localhost' }
const PROXIED: Scene = {
  ...STRANGER,
  mode: 'trusted-proxy',
  allowLocalDirect: false,
  peer: 'proxy',
  forwarding: ['x-forwarded-for'],
  user: 'nick@example.com',
}
const SERVED: Scene = {
  ...NEIGHBOUR,
  tailscale: 'enabled',
  host: 'claw.tail1.ts.net',
  hostPort: '',
  scheme: null,
  login: 'alice@example.com',
  serveHeaders: true,
  forwardedAddress: '100.64.0.7',
  owner: 0,
}
const PAIRED: Scene = { ...STRANGER, transport: 'websocket', device: 'writer' }
const HERE = { peer: 'this host', host: 'localhost' } as const
const STORIES: readonly Scene[] = [
  STRANGER,
  { ...STRANGER, credentials: ['token'] },
  { ...STRANGER, mode: 'password', credentials: ['password'] },
  { ...STRANGER, transport: 'websocket', credentials: ['token'] },
  NEIGHBOUR,
  { ...NEIGHBOUR, mode: 'none' },
  { ...NEIGHBOUR, mode: 'trusted-proxy', allowLocalDirect: false, credentials: ['password'] },
  { ...NEIGHBOUR, listener: 'owner' },
  PROXIED,
  { ...PROXIED, peer: 'proxy on this host', allowLoopback: true, transport: 'websocket' },
  { ...PROXIED, user: '', credentials: ['key that reads'] },
  SERVED,
  { ...SERVED, tailscale: 'require', credentials: ['token'] },
  { ...SERVED, listener: 'tailscale', listenerOnly: true },
  { ...PAIRED, credentials: ['token of the writer'] },
  { ...PAIRED, credentials: ['token'] },
  { ...PAIRED, device: 'reader', credentials: ['token of the reader', 'new token of the reader'] },
  { ...PAIRED, device: 'stranger', role: 'node', credentials: ['setup code'] },
  { ...PAIRED, ...HERE, device: 'stranger', credentials: ['token'] },
  { ...PROXIED, transport: 'websocket', device: 'administrator' },
  {
    ...PAIRED,
    listener: 'bridge',
    device: 'node',
    role: 'node',
    credentials: ['token of the node'],
  },
  { ...SERVED, mode: 'trusted-proxy', peer: 'proxy on this host', clientAddress: '100.64.0.7' },
]

const CREDENTIAL_NAMES = [...keysOf(CREDENTIALS)]
function* keysOf<Name extends string>(names: Record<Name, unknown>): Generator<Name> {
  for (const name in names) yield name
}
const SCOPE_LISTS: readonly (readonly Scope[])[] = [
  [],
  ['operator.read'],
  ['operator.write'],
  ['operator.read', 'operator.tools'],
  ['operator.admin'],
  ['operator.admin', 'operator.pairing', 'operator.read'],
]
const ADDRESSES = ['*', '127.0.0.1', '203.0.113.9', '198.51.100.7', '100.64.0.7', 'local']
const ORIGINS = [
  'http://localhost:18789',
  'http://localhost:1',
  'https://claw.example.com',
  'https://evil.example',
  'https://claw.tail1.ts.net',
  'null',
]

/** Bytes decide; zero always means the plainest choice, so that what is left of a counterexample matters. */
class Tape {
  #at = 0
  readonly #bytes: Uint8Array
  readonly #change: number

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#change = [16, 16, 40, 100][this.next() % 4] ?? 16
  }
  next(): number {
    this.#at += 1
    return this.#bytes[this.#at - 1] ?? 0
  }
  /** One of `pool`, whatever the story says. */
  any<T>(pool: readonly [T, ...T[]]): T {
    return pool[this.next() % pool.length] ?? pool[0]
  }
  /** Mostly what the story says. */
  or<T>(story: T, ...pool: readonly T[]): T {
    const [whether, which] = [this.next(), this.next()]
    return 255 - whether < this.#change ? (pool[which % pool.length] ?? story) : story
  }
}

function sceneFrom(bytes: Uint8Array): Scene {
  const tape = new Tape(bytes)
  const story = STORIES[tape.next() % STORIES.length] ?? STRANGER
  return { ...story, ...settings(tape, story), ...request(tape, story), ...claims(tape, story) }
}

function settings(tape: Tape, story: Scene): Partial<Scene> {
  return {
    mode: tape.or(story.mode, 'token', 'password', 'trusted-proxy', 'none'),
    rotating: tape.or(story.rotating, true),
    allowLocalDirect: tape.or(story.allowLocalDirect, true, false),
    exemptLoopback: tape.or(story.exemptLoopback, false),
    socketOwners: tape.or(story.socketOwners, false),
    ownUid: tape.or(story.ownUid, 0),
    allowUsers: tape.or(story.allowUsers, 'anyone', 'listed', 'not configured', 'a blank entry'),
    allowLoopback: tape.or(story.allowLoopback, true, false),
    tailscale: tape.or(story.tailscale, 'disabled', 'enabled', 'require'),
    listenerOnly: tape.or(story.listenerOnly, true, false),
    identityScopes: tape.or(story.identityScopes, 'listed'),
    apiKeys: tape.or(story.apiKeys, false),
    allowedOrigins: tape.or(story.allowedOrigins, 'one', 'any', 'host fallback'),
    lockedClass: tape.or<Scene['lockedClass']>(
      story.lockedClass,
      ...(['all', 'shared', 'api-key', 'session', 'device', 'proxy', 'tailscale'] as const),
    ),
    lockedAddress: tape.or(story.lockedAddress, ...ADDRESSES),
    lockedGuessableOnly: tape.or(story.lockedGuessableOnly, true),
    loopbackHeld: tape.or(story.loopbackHeld, true),
  }
}

function request(tape: Tape, story: Scene): Partial<Scene> {
  return {
    transport: tape.or(story.transport, 'http', 'websocket'),
    listener: tape.or(story.listener, 'tcp', 'owner', 'tailscale', 'bridge'),
    peer: tape.or(story.peer, ...PEER_NAMES),
    clientAddress: tape.or(story.clientAddress, '198.51.100.7', '203.0.113.9', '10.0.0.1'),
    host: tape.or(story.host, '127.0.0.1', '::1', 'localhost.', 'localhost', '10.0.0.5', 'x.test'),
    hostPort: tape.or(story.hostPort, '', '80', '18789'),
    origin: tape.or(story.origin, ...ORIGINS),
    site: tape.or(story.site, 'same-origin', 'none', 'cross-site', 'same-site', 'Same-Origin', ''),
    scheme: tape.or(story.scheme, 'http', 'https', null),
    navigation: tape.or(story.navigation, true),
    forwarding: tape.or(story.forwarding, ['via'], ['forwarded', 'x-real-ip'], ['cf-ray'], []),
    credentials: credentials(tape, story),
    scopesHeader: tape.or<readonly Scope[] | null>(story.scopesHeader, ...SCOPE_LISTS),
    requested: tape.or(story.requested, ...SCOPE_LISTS),
    agent: tape.or(story.agent, 'openclaw-control-ui', 'cli', 'gateway-client', ''),
    role: tape.or(story.role, 'operator', 'operator', 'node', 'webchat'),
    // The stranger twice: it is who may be let in unasked.
    device: tape.or<Scene['device']>(story.device, 'none', 'stranger', ...DEVICE_NAMES),
    proven: tape.or(story.proven, true, false),
    controlUi: tape.or(story.controlUi, true),
    pairing: tape.or(story.pairing, ...PAIRINGS),
  }
}
const PAIRINGS: readonly Scene['pairing'][] = [
  { required: false, autoApprove: false },
  { required: true, autoApprove: true },
]

function claims(tape: Tape, story: Scene): Partial<Scene> {
  const users = ['', 'nick@example.com', 'Nick@example.com', 'eve@example.com', 'blank@example.com']
  const owners = [OWN_UID, 0, TAILSCALED_UID, 65_534, 'no row'] as const
  return {
    user: tape.or(story.user, ...users),
    missing: tape.or(story.missing, ['x-forwarded-proto']),
    login: tape.or(story.login, 'alice@example.com', 'mallory@example.com', ''),
    funnel: tape.or(story.funnel, true),
    serveHeaders: tape.or(story.serveHeaders, true, false),
    forwardedAddress: tape.or(story.forwardedAddress, '100.64.0.7', '203.0.113.9', null),
    owner: tape.or<Scene['owner']>(story.owner, ...owners),
    tailnet: tape.or(
      story.tailnet,
      'mallory@example.com',
      'unknown address',
      'unavailable',
      'Alice@example.com',
    ),
  }
}

function credentials(tape: Tape, story: Scene): readonly CredentialName[] {
  const names = new Set(tape.next() < 220 ? story.credentials : [])
  const more = [0, 0, 0, 1, 1, 1, 2, 3][tape.next() % 8] ?? 0
  for (let index = 0; index < more; index += 1)
    names.add(CREDENTIAL_NAMES[tape.next() % CREDENTIAL_NAMES.length] ?? 'token')
  return [...names]
}

const TAPE = { minLength: 128, maxLength: 128 }
export const anyScene: fc.Arbitrary<Scene> = fc.noBias(fc.uint8Array(TAPE)).map(sceneFrom)
