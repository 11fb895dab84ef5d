/** Whether everybody whom the proxy logs in may come in. */
import type { Check } from '../../types.ts'
import { throughProxy } from './through-proxy.ts'

const ANYBODY = 'nobody-in-particular@example.com'

export const trustedProxyNoAllowlist: Check = {
  id: 'gateway.trusted_proxy_no_allowlist',
  severity: 'warning',
  title: 'Every user of the proxy may come in',
  why: 'An empty allowUsers allows any authenticated user (S4): with a login that is open to all, that is everybody. Asked of the decision code with a user who is nobody.',
  find(facts) {
    const decided = throughProxy(facts, ANYBODY)
    if (decided === null) return []
    const detail = `gateway.auth.trustedProxy.allowUsers is empty: ${decided.principal} would come in`
    const fix = 'openclaw config set gateway.auth.trustedProxy.allowUsers \'["you@example.com"]\''
    return [{ detail, fix }]
  },
}
