/** The reminder that S4 asks for: in this mode the proxy decides who comes in. */
import type { Check } from '../../types.ts'

export const trustedProxyAuth: Check = {
  id: 'gateway.trusted_proxy_auth',
  severity: 'critical',
  title: 'A proxy says who comes in',
  why: 'Always critical, since it is a reminder (S4): whoever sends from a trusted address, past the proxy or through one that does not strip headers, is whoever they say.',
  find({ config, rules }) {
    if (rules.mode !== 'trusted-proxy') return []
    const { trustedProxies, auth } = config.gateway
    const where = trustedProxies.join(', ') || 'nowhere yet'
    const header = auth.trustedProxy.userHeader ?? 'a header not named yet'
    const detail = `whoever sends ${header} from ${where} is that user`
    const fix =
      'See that your proxy takes it off what comes in, and that nobody gets past it (docs/behind-a-proxy.md); then accept this check with your reason'
    return [{ detail, fix }]
  },
}
