/** Whether whoever comes through the proxy may do everything. */
import type { Check } from '../../types.ts'
import { anyUser } from '../../ways-in.ts'
import { throughProxy } from './through-proxy.ts'

export const trustedProxyUsersAreAdmins: Check = {
  id: 'gateway.trusted_proxy_users_are_admins',
  severity: 'warning',
  title: 'Every user of the proxy is an administrator',
  why: 'Until gateway.auth.identityScopes is set, users hold the full set of an operator (S4, SPEC 3): one of them can approve devices, read every conversation and change the configuration.',
  find(facts) {
    const { identityScopes } = facts.config.gateway.auth
    const decided = throughProxy(facts, anyUser(facts.config))
    if (identityScopes !== undefined || decided?.scopes.includes('operator.admin') !== true)
      return []
    const detail = `gateway.auth.identityScopes is not set: ${decided.principal} holds ${decided.scopes.join(', ')}`
    const fix =
      'openclaw config set gateway.auth.identityScopes \'{"you@example.com": ["operator.admin"]}\': all others then hold read and write'
    return [{ detail, fix }]
  },
}
