/** Whether secrets and conversations cross a network that others share, in the clear. */
import { AddressList } from '../../../core/address.ts'
import type { AuditFacts, Check } from '../../types.ts'

/** Tailscale’s own: encrypted below us. */
const TAILNET = new AddressList(['100.64.0.0/10', 'fd7a:115c:a1e0::/48'])

export const noTlsExposed: Check = {
  id: 'gateway.no_tls_exposed',
  severity: 'warning',
  title: 'Other machines reach the gateway without encryption',
  why: 'Whoever shares the network reads the token in the first request (S1). Behind a proxy that speaks TLS, or on a tailnet, nobody does.',
  find(facts) {
    const { bind, trustedProxies, tls } = facts.config.gateway
    if (!facts.reached || tls.enabled || trustedProxies.length > 0 || onTailnet(facts)) return []
    const detail = `gateway.bind is "${bind}", and no proxy is trusted`
    const fix =
      'put a proxy with TLS in front and list it in gateway.trustedProxies, or: openclaw config set gateway.bind tailnet'
    return [{ detail, fix }]
  },
}

function onTailnet({ config: { gateway } }: AuditFacts): boolean {
  const { bind, customBindHost } = gateway
  return (
    bind === 'tailnet' ||
    (customBindHost !== undefined && bind === 'custom' && TAILNET.has(customBindHost))
  )
}
