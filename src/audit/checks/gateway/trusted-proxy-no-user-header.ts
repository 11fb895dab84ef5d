/** Mode trusted-proxy without a header that names the user: the rules of a start know it. */
import type { Check } from '../../types.ts'
import { fromProblems } from '../from-problems.ts'

export const trustedProxyNoUserHeader: Check = {
  id: 'gateway.trusted_proxy_no_user_header',
  severity: 'warning',
  title: 'Mode trusted-proxy without a header that names the user',
  why: 'Without it no request says whose it is (S4); the gateway does not start.',
  find: ({ rules }) => fromProblems(rules.problems, ['trusted_proxy_no_user_header']),
}
