/** What one presented string is worth, read naively from SPEC 2.2, 2.3, 2.4 and 2.7. */
import { guessAccount, isLocalDirect } from './reference-locality.fixture.ts'
import { countedAddress } from './reference-locality.fixture.ts'
import { deviceCredential } from './reference-devices.fixture.ts'
import { throughTrustedProxy } from './reference-identities.fixture.ts'
import type { Accepted, Asked } from './reference-types.fixture.ts'
import type { Credential, CredentialClass } from './types.ts'

export type Judged =
  | { readonly kind: 'held' }
  | { readonly kind: 'wrong'; readonly class: CredentialClass }
  | { readonly kind: 'right'; readonly accepted: Accepted }

const SEVEN_DAYS = 7 * 24 * 60 * 60 * 1_000
const ALL = [
  'operator.read',
  'operator.write',
  'operator.tools',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
] as const

export function judgeCredential(
  credential: Credential,
  asked: Asked,
  identityIsMissing: boolean,
): Judged {
  if (!isPaired(credential, asked) && heldHere(credential, asked)) return { kind: 'held' }
  const wrong: Judged = { kind: 'wrong', class: credential.class }
  if (identityIsMissing) return wrong
  if (asked.access.policy.mode === 'trusted-proxy') {
    if (!throughTrustedProxy(asked) && !isLocalDirect(asked)) return wrong
  }
  const accepted = asMethodsSay(credential, asked)
  return accepted === null ? wrong : { kind: 'right', accepted }
}

/** 2.4: only a paired device, for its device token, is exempt from its address's lock. */
function isPaired(credential: Credential, asked: Asked): boolean {
  if (credential.class !== 'device') return false
  return deviceCredential(credential, asked)?.method === 'device-token'
}

/** 2.4: locks are asked before methods. */
function heldHere(credential: Credential, asked: Asked): boolean {
  const { limits } = asked.access
  if (guessAccount(asked) === 'loopback') return limits.loopbackHeldForMs() > 0
  let guessable = false
  for (const live of asked.access.policy.secrets)
    if (credential.class === 'shared' && live.secret.length < 32) guessable = true
  return limits.heldForMs(countedAddress(asked), credential.class, guessable) > 0
}

/** One string is right if any method accepts it; a cookie is a web session and nothing else. */
function asMethodsSay(credential: Credential, asked: Asked): Accepted | null {
  if (credential.class === 'session') return webSession(credential, asked)
  if (credential.class === 'device') return deviceCredential(credential, asked)
  return (
    sharedSecret(credential, asked, 'token') ??
    apiKey(credential, asked) ??
    sharedSecret(credential, asked, 'password')
  )
}

function sharedSecret(
  credential: Credential,
  asked: Asked,
  method: 'token' | 'password',
): Accepted | null {
  const { policy } = asked.access
  if (policy.mode === 'none') return null
  if (policy.mode === 'trusted-proxy' && method === 'token') return null
  if (policy.mode === 'trusted-proxy' && !isLocalDirect(asked)) return null
  if (policy.mode === 'token' && method === 'password') return null
  if (policy.mode === 'password' && method === 'token') return null
  for (const live of policy.secrets)
    if (live.method === method && live.secret.equals(credential.secret))
      return { method, kind: 'shared', id: method, role: 'operator', granted: ALL }
  return null
}

function apiKey(credential: Credential, asked: Asked): Accepted | null {
  if (!asked.access.policy.apiKeysEnabled) return null
  const key = asked.access.apiKeys.find(credential.secret.digest())
  if (key === null) return null
  if (key.revokedAt !== null) return null
  if (key.expiresAt !== null && key.expiresAt <= asked.now) return null
  return { method: 'api-key', kind: 'api-key', id: key.id, role: 'operator', granted: key.scopes }
}

function webSession(credential: Credential, asked: Asked): Accepted | null {
  const session = asked.access.sessions.find(credential.secret.digest())
  if (session === null) return null
  if (credential.proof?.digest() !== session.proofDigest) return null
  if (asked.now - session.lastSeenAt > asked.access.sessions.idleMs) return null
  if (asked.now - session.createdAt > SEVEN_DAYS) return null
  if (session.principal.kind === 'shared' && !madeByLive(session.madeBy, asked)) return null
  const { kind, id, scopes } = session.principal
  return { method: 'session', kind, id, role: 'operator', granted: scopes }
}

/** A session ends with the secret that made it. */
function madeByLive(digest: string | null, asked: Asked): boolean {
  for (const live of asked.access.policy.secrets) if (live.secret.digest() === digest) return true
  return false
}
