/** Whether rights are written down for somebody who never comes in. */
import type { Check } from '../../types.ts'

export const identityScopesUnused: Check = {
  id: 'gateway.identity_scopes_unused',
  severity: 'info',
  title: 'Rights are given to users who cannot come in',
  why: 'An entry of identityScopes is compared letter by letter: a misspelt one gives its user read and write alone, and waits for somebody who bears that name (SPEC 3).',
  find({ config: { gateway }, rules }) {
    const { identityScopes = {}, trustedProxy, tailscale } = gateway.auth
    const { allowUsers } = trustedProxy
    if (rules.mode !== 'trusted-proxy' || tailscale !== 'disabled' || allowUsers.length === 0)
      return []
    const never = Object.keys(identityScopes).filter((user) => !allowUsers.includes(user))
    if (never.length === 0) return []
    const detail = `gateway.auth.identityScopes names ${never.join(', ')}, and allowUsers does not`
    return [
      { detail, fix: 'Spell them as in gateway.auth.trustedProxy.allowUsers, or remove them' },
    ]
  },
}
