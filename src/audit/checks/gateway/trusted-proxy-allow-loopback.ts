/** Whether a program on this host can pretend to be the proxy. */
import type { Check } from '../../types.ts'
import { waysIn } from '../../ways-in.ts'

export const trustedProxyAllowLoopback: Check = {
  id: 'gateway.trusted_proxy_allow_loopback',
  severity: 'critical',
  title: 'Any program on this host can be any user',
  why: 'With allowLoopback the proxy is on this host, and nothing tells it from another program here, an agent’s included (S4, SPEC 2.5). A signed assertion (trustedProxy.jwt) would.',
  find(facts) {
    const forged = waysIn(facts).find(
      ({ from, shows }) => from === 'this-host' && shows === 'forged proxy',
    )
    if (forged === undefined) return []
    const detail = `another user of this host that sends the proxy’s headers from ${forged.request.peer} is ${forged.decided.principal}`
    const fix =
      'put the proxy on another host or in a container of its own, list its address in gateway.trustedProxies, and unset gateway.auth.trustedProxy.allowLoopback'
    return [{ detail, fix }]
  },
}
