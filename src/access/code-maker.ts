/** Whoever made something that works later, a setup code or an invitation: it works only while that one may still make it (SPEC 4, R15). */
import { unreachable } from '../core/never.ts'
import { userPrincipal } from './methods/identity-scopes.ts'
import { holds, type Scope } from './scopes.ts'
import type { AccessPolicy, Principal } from './types.ts'

export interface CodeMaker {
  readonly kind: Principal['kind']
  readonly id: string
  /** Digest of the shared secret behind it; `null` for an identity or the owner. */
  readonly madeBy: string | null
}

/** Of devices nothing is said here: their codes end with their approval. `needs`: what it takes to make one. */
export function makerStands(
  { kind, id, madeBy }: CodeMaker,
  policy: AccessPolicy,
  needs: Scope = 'operator.admin',
): boolean {
  switch (kind) {
    case 'shared':
      return policy.secrets.some(({ secret }) => secret.digest() === madeBy)
    case 'user':
      return isNamed(id, policy) && holds(userPrincipal(id, id, policy).scopes, needs)
    case 'owner':
    case 'device':
      return true
    // Neither ever holds the right to make one.
    case 'api-key':
    case 'sender':
      return false
    default:
      return unreachable(kind)
  }
}

function isNamed(id: string, { mode, trustedProxy, tailscale }: AccessPolicy): boolean {
  if (tailscale !== 'disabled') return true
  if (mode !== 'trusted-proxy' || trustedProxy === null) return false
  return trustedProxy.allowUsers.size === 0 || trustedProxy.allowUsers.has(id)
}
