/** Evidence and access for tests: a stranger from the internet, and what to change about them. */
import { Fingerprints } from '../core/fingerprint.ts'
import { Secret } from '../core/secret.ts'
import { authenticate } from './authenticate.ts'
import type {
  Access,
  AccessPolicy,
  Claims,
  Credential,
  Decision,
  Evidence,
  Facts,
  LiveSecret,
} from './types.ts'

export const TOKEN = 'c0ffee11'.repeat(8)
export const NEXT_TOKEN = 'deadbeef'.repeat(8)
export const PASSWORD = 'correct-horse-battery-staple-42'
export const OWN_UID = 1000

export const NO_CLAIMS: Claims = {
  proxyUser: '',
  missingHeaders: [],
  tailscaleLogin: '',
  tailscaleName: '',
  tailscaleFunnel: false,
  serveHeaders: false,
  forwardedAddress: null,
}

/** Presents `values`; the form decides the class as at the edge. */
export function presenting(...values: readonly string[]): Pick<Evidence, 'credentials'> {
  return { credentials: values.map(credential) }
}

export function credential(value: string): Credential {
  const cls = value.startsWith('sk-') ? 'api-key' : value.startsWith('ocd_') ? 'device' : 'shared'
  return { class: cls, secret: new Secret(value), sources: ['authorization: bearer'], proof: null }
}

export const STRANGER: Evidence = {
  transport: 'http',
  listener: 'tcp',
  peer: {
    address: '203.0.113.9',
    port: 40_000,
    loopback: false,
    trusted: false,
    ownInterface: false,
  },
  clientAddress: '203.0.113.9',
  forwarding: [],
  host: { name: 'gateway.example', port: '' },
  browser: { origin: null, site: null, scheme: 'http', navigation: false },
  claims: NO_CLAIMS,
  credentials: [],
  scopesHeader: null,
  requestedScopes: null,
  requestedRole: null,
  device: null,
  controlUi: false,
  agent: '',
}

/** A plain `curl http://localhost:18789` on the gateway's host. */
export const NEIGHBOUR: Evidence = {
  ...STRANGER,
  peer: { address: '127.0.0.1', port: 40_000, loopback: true, trusted: false, ownInterface: false },
  clientAddress: '127.0.0.1',
  host: { name: 'localhost', port: '18789' },
}

/** What our reverse proxy on another host passes on for a user it has logged in. */
export const PROXIED: Evidence = {
  ...STRANGER,
  peer: { address: '10.0.0.1', port: 40_000, loopback: false, trusted: true, ownInterface: false },
  clientAddress: '198.51.100.7',
  forwarding: ['x-forwarded-for', 'x-forwarded-user'],
  claims: { ...NO_CLAIMS, proxyUser: 'nick@example.com' },
}

/** What Tailscale Serve passes on. */
export const THROUGH_SERVE: Evidence = {
  ...NEIGHBOUR,
  host: { name: 'claw.tail1.ts.net', port: '' },
  forwarding: ['tailscale-user-login', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'],
  claims: {
    ...NO_CLAIMS,
    tailscaleLogin: 'alice@example.com',
    serveHeaders: true,
    forwardedAddress: '100.64.0.7',
  },
}

export const OWN_SOCKET: Facts = { peerOwner: { kind: 'uid', uid: OWN_UID }, tailnet: undefined }
export const FOREIGN_SOCKET: Facts = { peerOwner: { kind: 'uid', uid: 65_534 }, tailnet: undefined }
export const ALICE: Facts = {
  peerOwner: { kind: 'uid', uid: 0 },
  tailnet: { kind: 'user', login: 'alice@example.com', displayName: 'Alice' },
}

export function live(
  value: string,
  method: LiveSecret['method'] = 'token',
  slot: LiveSecret['slot'] = 'primary',
): LiveSecret {
  return { method, slot, secret: new Secret(value) }
}

const POLICY: AccessPolicy = {
  mode: 'token',
  secrets: [live(TOKEN)],
  allowLocalDirect: true,
  exemptLoopback: true,
  trustedProxy: null,
  tailscale: 'disabled',
  tailscaleListenerOnly: false,
  identityScopes: null,
  apiKeysEnabled: false,
  pairing: { required: true, autoApprove: false },
  origins: { allowed: new Set(), any: false, hostHeaderFallback: false, tailnetNames: new Set() },
  ownUid: OWN_UID,
  tailscaledUids: [0],
  socketOwners: true,
}

export function accessWith(
  policy: Partial<AccessPolicy> = {},
  rest: Partial<Omit<Access, 'policy'>> = {},
): Access {
  return {
    policy: { ...POLICY, ...policy },
    apiKeys: { find: () => null },
    sessions: { idleMs: 7_200_000, find: () => null },
    devices: {
      find: () => null,
      findToken: () => null,
      findSetupCode: () => null,
      wasSetupCode: () => false,
    },
    brownouts: { holds: () => false },
    limits: { heldForMs: () => 0, attemptsLeft: () => Infinity, loopbackHeldForMs: () => 0 },
    fingerprints: new Fingerprints(Buffer.alloc(32)),
    ...rest,
  }
}

/** Asks until there is a decision, as the server does; a fact that the test does not give is none. */
export function decideWith(evidence: Evidence, facts: Facts, access: Access, now = 0): Decision {
  const first = authenticate(evidence, { peerOwner: undefined, tailnet: undefined }, access, now)
  if (first.kind !== 'need') return first
  const owner: Facts = { peerOwner: facts.peerOwner ?? { kind: 'none' }, tailnet: undefined }
  const second = authenticate(evidence, owner, access, now)
  if (second.kind !== 'need') return second
  const third = authenticate(
    evidence,
    { ...owner, tailnet: facts.tailnet ?? { kind: 'unknown-address' } },
    access,
    now,
  )
  if (third.kind === 'need') throw new Error(`still needs ${third.fact}`)
  return third
}
