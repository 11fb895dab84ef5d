/** Requests in plain words, so that a counterexample reads like one, and how each becomes evidence. */
import { Fingerprints } from '../core/fingerprint.ts'
import { CREDENTIALS, KEYS, SESSIONS, WEB_IDLE_MS } from './reference-credential-pool.fixture.ts'
import type { CredentialName } from './reference-credential-pool.fixture.ts'
import { claimOf, POOLED_DEVICES, type DeviceName } from './reference-device-pool.fixture.ts'
import type { Asked } from './reference-types.fixture.ts'
import type { Scope } from './scopes.ts'
import { NEXT_TOKEN, PASSWORD, TOKEN, live } from './scene.fixture.ts'
import type { Access, AccessPolicy, CredentialClass, Evidence, Facts, Peer, Role } from './types.ts'

export const NOW = 1_800_000_000_000

export interface Scene {
  readonly mode: AccessPolicy['mode']
  readonly rotating: boolean
  readonly allowLocalDirect: boolean
  readonly exemptLoopback: boolean
  readonly socketOwners: boolean
  readonly ownUid: number
  readonly allowUsers: keyof typeof USERS | 'not configured'
  readonly allowLoopback: boolean
  readonly tailscale: AccessPolicy['tailscale']
  readonly listenerOnly: boolean
  readonly identityScopes: 'not set' | 'listed'
  readonly apiKeys: boolean
  readonly allowedOrigins: 'none' | 'one' | 'any' | 'host fallback'
  readonly transport: Evidence['transport']
  readonly listener: Evidence['listener']
  readonly peer: PeerName
  readonly clientAddress: string
  readonly host: string
  readonly hostPort: string
  readonly origin: string | null
  readonly site: string | null
  readonly scheme: 'http' | 'https' | null
  readonly navigation: boolean
  readonly forwarding: readonly string[]
  readonly user: string
  readonly missing: readonly string[]
  readonly login: string
  readonly funnel: boolean
  readonly serveHeaders: boolean
  readonly forwardedAddress: string | null
  readonly credentials: readonly CredentialName[]
  readonly scopesHeader: readonly Scope[] | null
  readonly requested: readonly Scope[]
  readonly agent: string
  readonly role: Role
  readonly device: DeviceName | 'none'
  readonly proven: boolean
  readonly controlUi: boolean
  readonly pairing: AccessPolicy['pairing']
  readonly owner: number | 'no row'
  readonly tailnet: string
  readonly lockedClass: CredentialClass | 'all' | 'none'
  readonly lockedAddress: string
  readonly lockedGuessableOnly: boolean
  readonly loopbackHeld: boolean
}

const PEERS = {
  stranger: { address: '203.0.113.9', loopback: false, trusted: false, ownInterface: false },
  'this host': { address: '127.0.0.1', loopback: true, trusted: false, ownInterface: false },
  'this host, IPv6': { address: '::1', loopback: true, trusted: false, ownInterface: false },
  'own interface': { address: '10.0.0.2', loopback: false, trusted: false, ownInterface: true },
  proxy: { address: '10.0.0.1', loopback: false, trusted: true, ownInterface: false },
  'proxy on this host': {
    address: '127.0.0.1',
    loopback: true,
    trusted: true,
    ownInterface: false,
  },
  'proxy on own interface': {
    address: '10.0.0.2',
    loopback: false,
    trusted: true,
    ownInterface: true,
  },
} as const satisfies Record<string, Omit<Peer, 'port'>>
export type PeerName = keyof typeof PEERS
export const PEER_NAMES: readonly PeerName[] = [
  'stranger',
  'this host',
  'this host, IPv6',
  'own interface',
  'proxy',
  'proxy on this host',
  'proxy on own interface',
]

export const TAILSCALED_UID = 990
const FINGERPRINTS = new Fingerprints(Buffer.alloc(32))
const USERS = {
  anyone: new Set<string>(),
  listed: new Set(['nick@example.com', 'alice@example.com', 'blank@example.com']),
  'a blank entry': new Set(['']),
} as const
const LISTED_SCOPES = new Map<string, readonly Scope[]>([
  ['nick@example.com', ['operator.read', 'operator.write', 'operator.pairing']],
  ['alice@example.com', ['operator.admin']],
  ['blank@example.com', []],
  ['', ['operator.admin']],
])

export function stage(scene: Scene): Asked {
  return { evidence: evidenceOf(scene), facts: factsOf(scene), access: accessOf(scene), now: NOW }
}

function evidenceOf(scene: Scene): Evidence {
  const peer = peerOf(scene)
  return {
    transport: scene.transport,
    listener: scene.listener,
    peer,
    clientAddress: peer.trusted ? scene.clientAddress : peer.address,
    forwarding: forwardingOf(scene),
    host: { name: scene.host, port: scene.hostPort },
    browser: {
      origin: scene.origin,
      site: scene.site,
      scheme: scene.scheme,
      navigation: scene.navigation,
    },
    claims: {
      proxyUser: scene.user,
      missingHeaders: scene.missing,
      tailscaleLogin: scene.login,
      tailscaleName: scene.login,
      tailscaleFunnel: scene.funnel,
      serveHeaders: scene.serveHeaders,
      forwardedAddress: scene.forwardedAddress,
    },
    credentials: scene.credentials.map((name) => CREDENTIALS[name]),
    scopesHeader: scene.scopesHeader,
    requestedScopes: scene.transport === 'http' ? null : scene.requested,
    requestedRole: scene.transport === 'http' ? null : scene.role,
    device:
      scene.transport === 'http' || scene.device === 'none'
        ? null
        : claimOf(scene.device, scene.proven),
    controlUi: scene.controlUi,
    agent: scene.agent,
  }
}

/** Proxies connect to the ports; the owner's socket and the listener behind Serve have none. */
function peerOf({ listener, peer }: Scene): Peer {
  if (listener === 'owner') return OWNERS_PEER
  const named = PEERS[peer]
  return { ...named, port: 40_000, trusted: named.trusted && listener !== 'tailscale' }
}
const OWNERS_PEER: Peer = {
  address: 'local',
  port: 0,
  loopback: false,
  trusted: false,
  ownInterface: false,
}

/** A claim is a header, and every one of them is forwarding evidence. */
function forwardingOf(scene: Scene): readonly string[] {
  const names = [...scene.forwarding]
  if (scene.user !== '') names.push('x-forwarded-user')
  if (scene.login !== '') names.push('tailscale-user-login')
  if (scene.funnel) names.push('tailscale-funnel-request')
  if (scene.serveHeaders) names.push('x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto')
  if (scene.forwardedAddress !== null) names.push('x-forwarded-for')
  return [...new Set(names)].sort()
}

function factsOf(scene: Scene): Facts {
  return {
    peerOwner: scene.owner === 'no row' ? { kind: 'none' } : { kind: 'uid', uid: scene.owner },
    tailnet:
      scene.tailnet === 'unavailable'
        ? { kind: 'unavailable', detail: 'no tailscaled' }
        : scene.tailnet === 'unknown address'
          ? { kind: 'unknown-address' }
          : { kind: 'user', login: scene.tailnet, displayName: scene.tailnet },
  }
}

function accessOf(scene: Scene): Access {
  return {
    policy: policyOf(scene),
    apiKeys: { find: (digest) => KEYS.get(digest) ?? null },
    sessions: { idleMs: WEB_IDLE_MS, find: (digest) => SESSIONS.get(digest) ?? null },
    devices: POOLED_DEVICES,
    brownouts: { holds: () => false },
    limits: {
      heldForMs: (address, cls, guessable) => {
        if (scene.lockedClass !== 'all' && scene.lockedClass !== cls) return 0
        if (scene.lockedAddress !== '*' && scene.lockedAddress !== address) return 0
        return scene.lockedGuessableOnly && !guessable ? 0 : 7_000
      },
      attemptsLeft: () => Infinity,
      loopbackHeldForMs: () => (scene.loopbackHeld ? 900 : 0),
    },
    fingerprints: FINGERPRINTS,
  }
}

function policyOf(scene: Scene): AccessPolicy {
  return {
    mode: scene.mode,
    secrets: secretsOf(scene),
    allowLocalDirect: scene.allowLocalDirect,
    exemptLoopback: scene.exemptLoopback,
    trustedProxy:
      scene.allowUsers === 'not configured'
        ? null
        : {
            allowUsers: USERS[scene.allowUsers],
            allowLoopback: scene.allowLoopback,
          },
    tailscale: scene.tailscale,
    tailscaleListenerOnly: scene.listenerOnly,
    identityScopes: scene.identityScopes === 'listed' ? LISTED_SCOPES : null,
    apiKeysEnabled: scene.apiKeys,
    pairing: scene.pairing,
    origins: {
      allowed: new Set(scene.allowedOrigins === 'one' ? ['https://claw.example.com'] : []),
      any: scene.allowedOrigins === 'any',
      hostHeaderFallback: scene.allowedOrigins === 'host fallback',
      tailnetNames: new Set(['claw.tail1.ts.net']),
    },
    ownUid: scene.ownUid,
    tailscaledUids: [0, TAILSCALED_UID],
    socketOwners: scene.socketOwners,
  }
}

const TOKENS = [live(TOKEN)]
const TWO_TOKENS = [live(TOKEN), live(NEXT_TOKEN, 'token', 'secondary')]
const PASSWORDS = [live(PASSWORD, 'password')]
function secretsOf(scene: Scene): AccessPolicy['secrets'] {
  if (scene.mode === 'none') return []
  if (scene.mode === 'token') return scene.rotating ? TWO_TOKENS : TOKENS
  return PASSWORDS
}
