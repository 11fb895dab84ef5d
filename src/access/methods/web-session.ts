/** A browser that logged in: the cookie, and the proof that the page was given at login. */
import { Secret } from '../../core/secret.ts'
import { accept, reject, type PresentedMethod } from './types.ts'
import type { Access, WebSession } from '../types.ts'

/** However busy, a session ends seven days after the login (SPEC 7). */
export const SESSION_ABSOLUTE_MS = 7 * 24 * 60 * 60 * 1000

export const webSession: PresentedMethod = {
  name: 'session',
  class: 'session',
  verify({ secret, proof }, access, now) {
    const session = access.sessions.find(secret.digest())
    if (session === null || proof === null) return reject('session_unknown')
    if (!sameDigest(proof, session)) return reject('session_unknown')
    if (
      now - session.lastSeenAt > access.sessions.idleMs ||
      now - session.createdAt > SESSION_ABSOLUTE_MS
    ) {
      return reject('session_expired')
    }
    if (!makerStands(session, access)) return reject('session_secret_gone')
    return accept({ ...session.principal, credentialId: `session:${session.idDigest}` })
  },
}

/** Digests of digests are compared in constant time like any other secret. */
function sameDigest(proof: Secret, session: WebSession): boolean {
  return new Secret(proof.digest()).equals(new Secret(session.proofDigest))
}

/** A session ends with the shared secret that made it; key-made sessions end through the key's own check at login and `endMadeBy`. */
function makerStands({ madeBy, principal }: WebSession, { policy }: Access): boolean {
  if (madeBy === null || principal.kind !== 'shared') return true
  return policy.secrets.some(({ secret }) => secret.digest() === madeBy)
}
