/** What a person named by a proxy or by Tailscale may do (SPEC 3). */
import { ALL_SCOPES, type Scope } from '../scopes.ts'
import type { AccessPolicy, Principal } from '../types.ts'

const UNLISTED: readonly Scope[] = ['operator.read', 'operator.write']

/** S4's default operator set, or, once `gateway.auth.identityScopes` is set, the user's entry. */
export function userPrincipal(
  login: string,
  displayName: string,
  { identityScopes }: AccessPolicy,
): Principal {
  const scopes = identityScopes === null ? ALL_SCOPES : (identityScopes.get(login) ?? UNLISTED)
  return { kind: 'user', id: login, displayName, role: 'operator', scopes, credentialId: null }
}
