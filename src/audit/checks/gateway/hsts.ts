/** Whether Strict-Transport-Security is set where nothing sends it. */
import type { Check } from '../../types.ts'

export const hsts: Check = {
  id: 'gateway.hsts',
  severity: 'info',
  title: 'Strict-Transport-Security is set and never sent',
  why: 'Only whoever speaks TLS to the browser may send it (SPEC 11): this gateway does not, so it protects nobody until the proxy sends it.',
  find({ config: { gateway } }) {
    if (gateway.http.securityHeaders.strictTransportSecurity === false || gateway.tls.enabled)
      return []
    const key = 'gateway.http.securityHeaders.strictTransportSecurity'
    return [
      { detail: `${key} has no effect`, fix: 'Set the header in your proxy, and unset the key' },
    ]
  },
}
