/** A browser that logged in: the cookie, and the proof that the page was given at login. */
import { Secret } from '../../core/secret.ts'
import { liveGrant, type Devices } from '../devices.ts'
import { ALL_SCOPES, holds, narrowScopes, type Scope } from '../scopes.ts'
import { keyDigestOf } from './api-key.ts'
import { devicePrincipal } from './device-token.ts'
import { accept, reject, type PresentedMethod } from './types.ts'
import type { Access, Principal, WebSession } from '../types.ts'

/** However busy, a session ends seven days after the login (SPEC 7). */
export const SESSION_ABSOLUTE_MS = 7 * 24 * 60 * 60 * 1000

export const webSession: PresentedMethod = {
  name: 'session',
  class: 'session',
  verify({ secret, proof }, { access }, now) {
    const session = access.sessions.find(secret.digest())
    if (session === null || proof === null) return reject('session_unknown')
    if (!sameDigest(proof, session)) return reject('session_unknown')
    if (
      now - session.lastSeenAt > access.sessions.idleMs ||
      now - session.createdAt > SESSION_ABSOLUTE_MS
    ) {
      return reject('session_expired')
    }
    const scopes = scopesNow(session, access, now)
    if (scopes === null) return reject('session_secret_gone')
    return accept({ ...session.principal, scopes, credentialId: `session:${session.idDigest}` })
  },
}

/** Digests of digests are compared in constant time like any other secret. */
function sameDigest(proof: Secret, session: WebSession): boolean {
  return new Secret(proof.digest()).equals(new Secret(session.proofDigest))
}

/** What the session may do now: it ends with the secret or the approval that made it, and never holds more than that. `null`: ended. */
function scopesNow(session: WebSession, access: Access, now: number): readonly Scope[] | null {
  const { madeBy, principal } = session
  const { policy, apiKeys } = access
  if (principal.kind === 'device') return approvedNow(session, access, now)
  if (madeBy === null) return principal.scopes
  if (principal.kind === 'shared') {
    return policy.secrets.some(({ secret }) => secret.digest() === madeBy) ? principal.scopes : null
  }
  const key = policy.apiKeysEnabled ? apiKeys.find(keyDigestOf(madeBy)) : null
  if (key === null || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now))
    return null
  return narrowScopes(key.scopes, principal.scopes)
}

/** Another approval of the same device did not make this session. */
function approvedNow(
  { madeBy, principal }: WebSession,
  { devices }: Access,
  now: number,
): readonly Scope[] | null {
  const device = devices.find(principal.id)
  const grant = device === null ? null : liveGrant(device, principal.role, now)
  if (device === null || grant === null) return null
  if (madeBy === null || !opens(madeBy, devicePrincipal(device, grant, []), devices)) return null
  return ALL_SCOPES.filter((scope) => holds(grant.scopes, scope) && holds(principal.scopes, scope))
}

/** Made by this approval and, where one was shown, by a token of it that is live: a rotation ends what the old one opened (SPEC 7). */
function opens(madeBy: string, { id, role, credentialId }: Principal, devices: Devices): boolean {
  if (madeBy === credentialId) return true
  if (!madeBy.startsWith(`${credentialId}:`)) return false
  const token = devices.findToken(madeBy.slice(`${credentialId}:`.length))
  return token?.deviceId === id && token.role === role
}
