import { expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { authenticate } from './authenticate.ts'
import * as scene from './scene.fixture.ts'
import { NO_FACTS, type Access, type Evidence, type Facts, type WebSession } from './types.ts'

const {
  STRANGER,
  NEIGHBOUR,
  PROXIED,
  THROUGH_SERVE,
  OWN_SOCKET,
  FOREIGN_SOCKET,
  ALICE,
  TOKEN,
  NEXT_TOKEN,
  PASSWORD,
} = scene
const { presenting, accessWith, decideWith, live } = scene

const KEY = 'sk-reader-abcdefghijklmnopqrstuvwxyz0123456789'
const keyed = (expiresAt: number | null = null, revokedAt: number | null = null): Access =>
  accessWith(
    { apiKeysEnabled: true },
    {
      apiKeys: {
        find: (digest) =>
          digest === new Secret(KEY).digest()
            ? {
                id: 'reader',
                name: 'Reader',
                scopes: ['operator.read'],
                expiresAt,
                revokedAt,
                rateLimit: null,
              }
            : null,
      },
    },
  )
const proxyMode = accessWith({
  mode: 'trusted-proxy',
  secrets: [live(PASSWORD, 'password')],
  allowLocalDirect: false,
  trustedProxy: { allowUsers: new Set(['nick@example.com']), allowLoopback: false },
})
const tailscale = accessWith({ tailscale: 'enabled' })
const required = accessWith({ tailscale: 'require' })
const locked = (...classes: readonly string[]): Partial<Access> => ({
  limits: {
    heldForMs: (_address, cls) => (classes.includes(cls) ? 9_000 : 0),
    loopbackHeldForMs: () => 0,
  },
})

interface Row {
  readonly name: string
  readonly evidence: Evidence
  readonly facts?: Facts
  readonly access?: Access
  /** The method that lets in, or the code that turns away. */
  readonly expect: string
  readonly failures?: number
}

const ROWS: readonly Row[] = [
  {
    name: 'nothing presented is no failure',
    evidence: STRANGER,
    expect: 'nothing_presented',
    failures: 0,
  },
  { name: 'the token', evidence: { ...STRANGER, ...presenting(TOKEN) }, expect: 'token' },
  {
    name: 'a wrong token',
    evidence: { ...STRANGER, ...presenting('wrong') },
    expect: 'token_mismatch',
    failures: 1,
  },
  {
    name: 'the next token during a rotation',
    evidence: { ...STRANGER, ...presenting(NEXT_TOKEN) },
    access: accessWith({ secrets: [live(TOKEN), live(NEXT_TOKEN, 'token', 'secondary')] }),
    expect: 'token',
  },
  {
    name: 'the right token beside a guess is let in, and the guess counts',
    evidence: { ...STRANGER, ...presenting(TOKEN, 'guess') },
    expect: 'token',
    failures: 1,
  },
  {
    name: 'a token where a password is live',
    evidence: { ...STRANGER, ...presenting(TOKEN) },
    access: accessWith({ mode: 'password', secrets: [live(PASSWORD, 'password')] }),
    expect: 'password_mismatch',
    failures: 1,
  },
  {
    name: 'the password',
    evidence: { ...STRANGER, ...presenting(PASSWORD) },
    access: accessWith({ mode: 'password', secrets: [live(PASSWORD, 'password')] }),
    expect: 'password',
  },
  {
    name: 'any secret in mode none',
    evidence: { ...STRANGER, ...presenting(TOKEN) },
    access: accessWith({ mode: 'none', secrets: [] }),
    expect: 'no_shared_secret',
    failures: 1,
  },
  {
    name: 'a device token before any device can be paired',
    evidence: { ...STRANGER, ...presenting('ocd_x') },
    expect: 'device_token_unknown',
    failures: 1,
  },

  {
    name: 'an API key',
    evidence: { ...STRANGER, ...presenting(KEY) },
    access: keyed(),
    expect: 'api-key',
  },
  {
    name: 'an unknown API key',
    evidence: { ...STRANGER, ...presenting(`${KEY}x`) },
    access: keyed(),
    expect: 'api_key_unknown',
    failures: 1,
  },
  {
    name: 'an expired API key',
    evidence: { ...STRANGER, ...presenting(KEY) },
    access: keyed(0),
    expect: 'api_key_expired',
    failures: 1,
  },
  {
    name: 'a revoked API key',
    evidence: { ...STRANGER, ...presenting(KEY) },
    access: keyed(null, 0),
    expect: 'api_key_revoked',
    failures: 1,
  },
  {
    name: 'an API key where keys are disabled',
    evidence: { ...STRANGER, ...presenting(KEY) },
    expect: 'api_keys_disabled',
    failures: 1,
  },

  { name: 'the owner on this host', evidence: NEIGHBOUR, facts: OWN_SOCKET, expect: 'local' },
  {
    name: 'the owner in mode none',
    evidence: NEIGHBOUR,
    facts: OWN_SOCKET,
    access: accessWith({ mode: 'none', secrets: [] }),
    expect: 'none',
  },
  {
    name: 'another user of this host',
    evidence: NEIGHBOUR,
    facts: FOREIGN_SOCKET,
    expect: 'nothing_presented',
  },
  { name: 'a peer whose socket is gone', evidence: NEIGHBOUR, expect: 'nothing_presented' },
  {
    name: 'R34: forwarding evidence ends locality',
    evidence: { ...NEIGHBOUR, forwarding: ['x-forwarded-for'] },
    facts: OWN_SOCKET,
    expect: 'nothing_presented',
  },
  {
    name: 'R38: a name that only begins like localhost',
    evidence: { ...NEIGHBOUR, host: { name: 'localhost.', port: '' } },
    facts: OWN_SOCKET,
    expect: 'nothing_presented',
  },
  {
    name: 'a page on another site',
    evidence: { ...NEIGHBOUR, browser: { ...NEIGHBOUR.browser, site: 'cross-site' } },
    facts: OWN_SOCKET,
    expect: 'nothing_presented',
  },
  {
    name: 'a page of ours',
    evidence: {
      ...NEIGHBOUR,
      browser: { ...NEIGHBOUR.browser, origin: 'http://localhost:18789', site: 'same-origin' },
    },
    facts: OWN_SOCKET,
    expect: 'local',
  },
  {
    name: 'local where locality does not admit',
    evidence: NEIGHBOUR,
    facts: OWN_SOCKET,
    access: accessWith({ allowLocalDirect: false }),
    expect: 'local_direct_not_admitted',
  },
  {
    name: 'the owner with a wrong token is still the owner, and the guess counts',
    evidence: { ...NEIGHBOUR, ...presenting('wrong') },
    facts: OWN_SOCKET,
    expect: 'local',
    failures: 1,
  },
  {
    name: 'the owner with a narrower credential is that credential',
    evidence: { ...NEIGHBOUR, ...presenting(KEY) },
    facts: OWN_SOCKET,
    access: keyed(),
    expect: 'api-key',
  },
  {
    name: "the owner's socket, whatever locality admits",
    evidence: { ...NEIGHBOUR, listener: 'owner' },
    access: accessWith({ allowLocalDirect: false }),
    expect: 'local',
  },

  { name: 'a proxy user', evidence: PROXIED, access: proxyMode, expect: 'trusted-proxy' },
  {
    name: 'a proxy user whom nobody listed',
    evidence: { ...PROXIED, claims: { ...PROXIED.claims, proxyUser: 'eve@example.com' } },
    access: proxyMode,
    expect: 'trusted_proxy_user_not_allowed',
    failures: 1,
  },
  {
    name: 'a proxy without a user',
    evidence: { ...PROXIED, claims: scene.NO_CLAIMS },
    access: proxyMode,
    expect: 'trusted_proxy_user_missing',
    failures: 0,
  },
  {
    name: 'a proxy without a required header',
    evidence: { ...PROXIED, claims: { ...PROXIED.claims, missingHeaders: ['x-forwarded-proto'] } },
    access: proxyMode,
    expect: 'trusted_proxy_missing_header_x-forwarded-proto',
    failures: 0,
  },
  {
    name: 'R35: a loopback process without the opt-in',
    evidence: { ...PROXIED, peer: { ...NEIGHBOUR.peer, trusted: true } },
    access: proxyMode,
    expect: 'trusted_proxy_loopback_source',
  },
  {
    name: 'an interface of this host',
    evidence: { ...PROXIED, peer: { ...PROXIED.peer, ownInterface: true } },
    access: proxyMode,
    expect: 'trusted_proxy_local_interface_source',
  },
  {
    name: 'identity headers from anywhere else',
    evidence: { ...PROXIED, peer: STRANGER.peer },
    access: proxyMode,
    expect: 'trusted_proxy_untrusted_source',
  },
  { name: 'identity headers in another mode', evidence: PROXIED, expect: 'nothing_presented' },
  {
    name: 'the password of an internal caller',
    evidence: { ...NEIGHBOUR, ...presenting(PASSWORD) },
    facts: OWN_SOCKET,
    access: proxyMode,
    expect: 'password',
  },
  {
    name: 'the password from elsewhere is not even compared',
    evidence: { ...STRANGER, ...presenting(PASSWORD) },
    access: proxyMode,
    expect: 'shared_secret_not_here',
    failures: 1,
  },

  {
    name: 'a tailnet user',
    evidence: THROUGH_SERVE,
    facts: ALICE,
    access: tailscale,
    expect: 'tailscale',
  },
  {
    name: 'a tailnet user where Tailscale is off',
    evidence: THROUGH_SERVE,
    facts: ALICE,
    expect: 'nothing_presented',
  },
  {
    name: "a login that is not the address's",
    evidence: {
      ...THROUGH_SERVE,
      claims: { ...THROUGH_SERVE.claims, tailscaleLogin: 'mallory@example.com' },
    },
    facts: ALICE,
    access: tailscale,
    expect: 'tailscale_identity_mismatch',
    failures: 1,
  },
  {
    name: 'tailscaled is down',
    evidence: THROUGH_SERVE,
    facts: { ...ALICE, tailnet: { kind: 'unavailable', detail: 'no socket' } },
    access: tailscale,
    expect: 'tailscale_unavailable',
    failures: 0,
  },
  {
    name: 'Tailscale headers from a process of another user',
    evidence: THROUGH_SERVE,
    facts: { ...ALICE, ...FOREIGN_SOCKET },
    access: tailscale,
    expect: 'tailscale_peer_untrusted',
  },
  {
    name: 'Tailscale headers from the network',
    evidence: { ...THROUGH_SERVE, peer: STRANGER.peer },
    facts: ALICE,
    access: tailscale,
    expect: 'tailscale_peer_untrusted',
  },
  {
    name: 'Funnel is never an identity',
    evidence: { ...THROUGH_SERVE, claims: { ...THROUGH_SERVE.claims, tailscaleFunnel: true } },
    facts: ALICE,
    access: tailscale,
    expect: 'tailscale_funnel',
  },
  {
    name: 'Serve without its forwarded headers',
    evidence: { ...THROUGH_SERVE, claims: { ...THROUGH_SERVE.claims, serveHeaders: false } },
    facts: ALICE,
    access: tailscale,
    expect: 'tailscale_headers_missing',
  },
  {
    name: 'the main listener, once Serve has one of its own',
    evidence: THROUGH_SERVE,
    facts: ALICE,
    access: accessWith({ tailscale: 'enabled', tailscaleListenerOnly: true }),
    expect: 'tailscale_peer_untrusted',
  },
  {
    name: 'the right token alone where Tailscale is required',
    evidence: { ...STRANGER, ...presenting(TOKEN) },
    access: required,
    expect: 'tailscale_required',
    failures: 1,
  },
  {
    name: 'the right token beside an identity',
    evidence: { ...THROUGH_SERVE, ...presenting(TOKEN) },
    facts: ALICE,
    access: required,
    expect: 'token',
  },
  {
    name: 'the owner where Tailscale is required',
    evidence: NEIGHBOUR,
    facts: OWN_SOCKET,
    access: required,
    expect: 'local',
  },

  {
    name: 'a locked class is not compared',
    evidence: { ...STRANGER, ...presenting(TOKEN) },
    access: accessWith({}, locked('shared')),
    expect: 'locked',
    failures: 0,
  },
  {
    name: 'another class gets in past a locked one',
    evidence: { ...STRANGER, ...presenting('guess', KEY) },
    access: { ...keyed(), ...locked('shared') },
    expect: 'api-key',
    failures: 0,
  },
  {
    name: 'nothing presented while locked',
    evidence: STRANGER,
    access: accessWith({}, locked('shared', 'proxy')),
    expect: 'nothing_presented',
  },
  {
    name: 'a locked proxy user',
    evidence: PROXIED,
    access: { ...proxyMode, ...locked('proxy') },
    expect: 'locked',
  },
  {
    name: 'the owner is never locked',
    evidence: NEIGHBOUR,
    facts: OWN_SOCKET,
    access: accessWith({}, locked('shared')),
    expect: 'local',
  },
]

for (const row of ROWS) {
  test(row.name, () => {
    const decision = decideWith(row.evidence, row.facts ?? NO_FACTS, row.access ?? accessWith())
    expect(decision.kind === 'allowed' ? decision.method : decision.code).toBe(row.expect)
    if (row.failures !== undefined) expect(decision.failures).toHaveLength(row.failures)
  })
}

const session: WebSession = {
  idDigest: new Secret('cookie').digest(),
  proofDigest: new Secret('proof').digest(),
  principal: {
    kind: 'shared',
    id: 'token',
    displayName: 'Gateway token',
    role: 'operator',
    scopes: ['operator.read'],
    credentialId: null,
  },
  madeBy: new Secret(TOKEN).digest(),
  createdAt: 0,
  lastSeenAt: 0,
}
const sessions = {
  idleMs: 1_000,
  find: (digest: string) => (digest === session.idDigest ? session : null),
}
const cookie = (value: string, proof: string): Pick<Evidence, 'credentials'> => ({
  credentials: [
    { class: 'session', secret: new Secret(value), sources: ['cookie'], proof: new Secret(proof) },
  ],
})
const judged = (
  value: string,
  proof: string,
  now: number,
  access = accessWith({}, { sessions }),
): string => {
  const decision = decideWith({ ...STRANGER, ...cookie(value, proof) }, NO_FACTS, access, now)
  return decision.kind === 'allowed' ? decision.method : decision.code
}

test('a web session is its cookie and its proof together, until it is idle too long or its secret is gone', () => {
  expect(judged('cookie', 'proof', 900)).toBe('session')
  expect(judged('cookie', 'other', 900)).toBe('session_unknown')
  expect(judged('other', 'proof', 900)).toBe('session_unknown')
  expect(judged('cookie', 'proof', 1_001)).toBe('session_expired')
  expect(
    judged('cookie', 'proof', 900, accessWith({ secrets: [live(NEXT_TOKEN)] }, { sessions })),
  ).toBe('session_secret_gone')
})

test('the kernel is asked only when the answer turns on it', () => {
  const needs = (evidence: Evidence, access = accessWith()) =>
    authenticate(evidence, NO_FACTS, access, 0).kind === 'need'
  expect(needs(NEIGHBOUR)).toBe(true)
  expect(needs({ ...NEIGHBOUR, ...presenting(TOKEN) })).toBe(false)
  expect(needs({ ...NEIGHBOUR, ...presenting('wrong') })).toBe(true)
  expect(needs(STRANGER)).toBe(false)
  expect(needs(NEIGHBOUR, accessWith({ allowLocalDirect: false }))).toBe(false)
})

test("guesses of the owner have an account of their own; a page's guesses count under its address", () => {
  const guess = { ...NEIGHBOUR, ...presenting('wrong') }
  expect(decideWith(guess, OWN_SOCKET, accessWith()).account).toBe('loopback')
  expect(decideWith(guess, FOREIGN_SOCKET, accessWith()).account).toBe('address')
  expect(decideWith(guess, OWN_SOCKET, accessWith({ exemptLoopback: false })).account).toBe(
    'address',
  )
  const page = { ...guess, browser: { ...guess.browser, origin: 'http://localhost:18789' } }
  expect(decideWith(page, OWN_SOCKET, accessWith()).account).toBe('address')
})

test("behind Serve everyone counts under their own address, once the socket is tailscaled's", () => {
  const guess = { ...THROUGH_SERVE, ...presenting('wrong') }
  expect(decideWith(guess, ALICE, tailscale).clientAddress).toBe('100.64.0.7')
  expect(decideWith(guess, { ...ALICE, ...FOREIGN_SOCKET }, tailscale).clientAddress).toBe(
    '127.0.0.1',
  )
})

test('R02: scopes come from what was granted; a caller can only ask for less', () => {
  const scopesOf = (evidence: Evidence, access: Access): readonly string[] => {
    const decision = decideWith(evidence, NO_FACTS, access)
    return decision.kind === 'allowed' ? decision.principal.scopes : []
  }
  const socket = { transport: 'websocket' as const }
  expect(
    scopesOf(
      {
        ...STRANGER,
        ...presenting(KEY),
        ...socket,
        requestedScopes: ['operator.admin', 'operator.read'],
      },
      keyed(),
    ),
  ).toEqual(['operator.read'])
  expect(
    scopesOf({ ...STRANGER, ...presenting(TOKEN), ...socket, requestedScopes: [] }, accessWith()),
  ).toEqual([])
  expect(
    scopesOf(
      {
        ...STRANGER,
        ...presenting(TOKEN),
        ...socket,
        requestedScopes: ['operator.write'],
        scopesHeader: [],
      },
      accessWith(),
    ),
  ).toEqual([])
  expect(
    scopesOf({ ...STRANGER, ...presenting(KEY), scopesHeader: ['operator.admin'] }, keyed()),
  ).toEqual(['operator.read'])
})

test('R05: a proxy user gets what the server grants, and may declare less', () => {
  const scopes = (policy: Partial<Access['policy']>, header: Evidence['scopesHeader']) => {
    const access = accessWith({ ...proxyMode.policy, ...policy })
    const decision = decideWith({ ...PROXIED, scopesHeader: header }, NO_FACTS, access)
    return decision.kind === 'allowed' ? decision.principal.scopes : null
  }
  const listed = new Map([['nick@example.com', ['operator.read'] as const]])
  expect(scopes({}, null)).toContain('operator.admin')
  expect(scopes({}, [])).toEqual([])
  expect(scopes({ identityScopes: listed }, null)).toEqual(['operator.read'])
  expect(scopes({ identityScopes: listed }, ['operator.admin'])).toEqual([])
  expect(scopes({ identityScopes: new Map() }, null)).toEqual(['operator.read', 'operator.write'])
})

test('no secret stands in a decision', () => {
  const decision = decideWith(
    { ...STRANGER, ...presenting(TOKEN, 'hunter2-hunter2') },
    NO_FACTS,
    accessWith(),
  )
  const text = JSON.stringify(decision)
  expect(text).not.toContain(TOKEN)
  expect(text).not.toContain('hunter2')
})
