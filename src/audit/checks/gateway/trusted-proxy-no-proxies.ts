/** Mode trusted-proxy without a proxy: the rules of a start know it. */
import type { Check } from '../../types.ts'
import { fromProblems } from '../from-problems.ts'

export const trustedProxyNoProxies: Check = {
  id: 'gateway.trusted_proxy_no_proxies',
  severity: 'warning',
  title: 'Mode trusted-proxy without a proxy',
  why: 'Without an address to trust nobody could be the proxy (S4); the gateway does not start.',
  find: ({ rules }) => fromProblems(rules.problems, ['trusted_proxy_no_proxies']),
}
