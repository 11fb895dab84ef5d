/** Every kind of credential by name, right and wrong, with the keys and sessions behind them. */
import { Secret } from '../core/secret.ts'
import { DEVICE_CREDENTIALS } from './reference-device-pool.fixture.ts'
import type { Scope } from './scopes.ts'
import { NEXT_TOKEN, PASSWORD, TOKEN } from './scene.fixture.ts'
import type { ApiKey, Credential, PresentedClass, WebSession } from './types.ts'

export const WEB_IDLE_MS = 7_200_000
const NOW = 1_800_000_000_000
const DAY = 86_400_000
const PROOF = new Secret('proof'.repeat(8))

function presented(cls: PresentedClass, value: string, proof: Secret | null = null): Credential {
  return { class: cls, secret: new Secret(value), sources: [cls], proof }
}
function cookie(name: string, proof = PROOF): Credential {
  return presented('session', `cookie-${name}`.padEnd(40, '.'), proof)
}

export const CREDENTIALS = {
  token: presented('shared', TOKEN),
  'next token': presented('shared', NEXT_TOKEN),
  password: presented('shared', PASSWORD),
  'wrong long secret': presented('shared', 'f'.repeat(64)),
  'wrong short secret': presented('shared', 'hunter2'),
  'key that reads': presented('api-key', `sk-reads-${'a'.repeat(32)}`),
  'key that writes and acts': presented('api-key', `sk-acts-${'b'.repeat(32)}`),
  'key for nothing': presented('api-key', `sk-nothing-${'c'.repeat(32)}`),
  'expired key': presented('api-key', `sk-expired-${'e'.repeat(32)}`),
  'revoked key': presented('api-key', `sk-revoked-${'f'.repeat(32)}`),
  'unknown key': presented('api-key', `sk-unknown-${'g'.repeat(32)}`),
  'short unknown key': presented('api-key', 'sk-x'),
  'device token': presented('device', `ocd_${'h'.repeat(40)}`),
  ...DEVICE_CREDENTIALS,
  'session of the token': cookie('token'),
  'session of a password': cookie('password'),
  'session of a user': cookie('user'),
  'session of a login link': cookie('link'),
  'session of a dead token': cookie('dead'),
  'idle session': cookie('idle'),
  'session just before idle': cookie('nearly idle'),
  'session of last week': cookie('old'),
  'unknown session': cookie('unknown'),
  'cookie with a wrong proof': cookie('token', new Secret('guess')),
} as const satisfies Record<string, Credential>
export type CredentialName = keyof typeof CREDENTIALS

/** No method ever accepts these, in any mode. */
export const WRONG = [
  'wrong short secret',
  'wrong long secret',
  'unknown key',
  'short unknown key',
  'expired key',
  'revoked key',
  'device token',
  'token of the lapsed',
  'token of the outlived',
  'setup code that is over',
  'unknown session',
  'idle session',
  'cookie with a wrong proof',
] as const satisfies readonly CredentialName[]

function key(id: string, scopes: readonly Scope[], more: Partial<ApiKey> = {}): ApiKey {
  return { id, name: id, scopes, expiresAt: null, revokedAt: null, rateLimit: null, ...more }
}
function digestOf(name: CredentialName): string {
  return CREDENTIALS[name].secret.digest()
}

export const KEYS: ReadonlyMap<string, ApiKey> = new Map([
  [digestOf('key that reads'), key('reads', ['operator.read'], { expiresAt: NOW + 1 })],
  [
    digestOf('key that writes and acts'),
    key('acts', ['operator.read', 'operator.write', 'operator.tools']),
  ],
  [digestOf('key for nothing'), key('nothing', [])],
  [digestOf('expired key'), key('expired', ['operator.read'], { expiresAt: NOW - 1 })],
  [digestOf('revoked key'), key('revoked', ['operator.read'], { revokedAt: NOW - DAY })],
])

function session(name: CredentialName, more: Partial<WebSession> = {}): [string, WebSession] {
  const idDigest = digestOf(name)
  const all: readonly Scope[] = ['operator.read', 'operator.write', 'operator.admin']
  const principal = {
    kind: 'owner',
    id: 'owner',
    displayName: 'Owner',
    role: 'operator',
    scopes: all,
    credentialId: null,
  } as const
  const times = { createdAt: NOW - DAY, lastSeenAt: NOW - 60_000 }
  const proofDigest = PROOF.digest()
  return [idDigest, { idDigest, proofDigest, principal, madeBy: null, ...times, ...more }]
}
const shared = {
  kind: 'shared',
  id: 'token',
  displayName: 'token',
  role: 'operator',
  scopes: ['operator.read', 'operator.admin'],
  credentialId: null,
} as const
const user = { ...shared, kind: 'user', id: 'nick@example.com', scopes: ['operator.read'] } as const

export const SESSIONS: ReadonlyMap<string, WebSession> = new Map([
  session('session of the token', { principal: shared, madeBy: digestOf('token') }),
  session('session of a password', { principal: shared, madeBy: digestOf('password') }),
  session('session of a user', { principal: user }),
  session('session of a login link'),
  session('session of a dead token', {
    principal: shared,
    madeBy: digestOf('wrong long secret'),
  }),
  session('idle session', { lastSeenAt: NOW - WEB_IDLE_MS - 1 }),
  session('session just before idle', { lastSeenAt: NOW - WEB_IDLE_MS + 1 }),
  session('session of last week', { createdAt: NOW - 7 * DAY - 1 }),
])
