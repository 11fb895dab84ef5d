/** Settings that open the gateway further than most people mean: it starts with them, and says so each time. */
import { isIPv4 } from 'node:net'
import { isLoopback, parseRange } from '../core/address.ts'
import { startProblem, type Problem, type StartCode } from './problem.ts'
import type { Config } from './schema.ts'
import type { AuthMode } from './section-auth.ts'

/** No network of one's own is wider: 10.0.0.0/8, fc00::/7. */
const WIDEST_BITS = { v4: 8, v6: 7 } as const

export function exposures(config: Config, mode: AuthMode): readonly Problem[] {
  return [...pageExposures(config), ...wideProxies(config), ...proxyOnThisHost(config, mode)]
}

function pageExposures({ gateway: { controlUi } }: Config): readonly Problem[] {
  const any = startProblem('control_ui_any_origin', 'gateway.controlUi.allowedOrigins', {
    message: '"*" lets every page in the world talk to the gateway from the browser that opens it',
    fix: 'List the origins you use, such as https://control.example.com',
  })
  const fallback = startProblem(
    'control_ui_host_fallback',
    'gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback',
    {
      message: 'a page that points its own name at this host is let in (DNS rebinding)',
      fix: 'Unset it, and list your origins in gateway.controlUi.allowedOrigins',
    },
  )
  return [
    ...(controlUi.allowedOrigins.includes('*') ? [any] : []),
    ...(controlUi.dangerouslyAllowHostHeaderOriginFallback ? [fallback] : []),
  ]
}

function wideProxies({ gateway }: Config): readonly Problem[] {
  return gateway.trustedProxies.filter(isWide).map((range) =>
    problemAt('trusted_proxies_wide', {
      message: `${range} trusts nearly everybody as a proxy: whoever connects can name any client address`,
      fix: 'List the addresses of your proxies alone',
    }),
  )
}

function isWide(text: string): boolean {
  const range = parseRange(text)
  if (range === null) return false
  return range.bits < (isIPv4(range.network) ? WIDEST_BITS.v4 : WIDEST_BITS.v6)
}

/** S4: a loopback peer is no proxy unless `allowLoopback` says so, however it is listed. */
function proxyOnThisHost({ gateway }: Config, mode: AuthMode): readonly Problem[] {
  const { trustedProxies, auth } = gateway
  if (mode !== 'trusted-proxy' || auth.trustedProxy.allowLoopback) return []
  if (trustedProxies.length === 0 || !trustedProxies.every(isOnLoopback)) return []
  return [
    problemAt('trusted_proxy_loopback_only', {
      message:
        'every trusted proxy is on this host, and gateway.auth.trustedProxy.allowLoopback is false: no user of a proxy gets in over TCP',
      fix: 'Set gateway.auth.trustedProxy.allowLoopback to true, or list a proxy on another host',
    }),
  ]
}

function isOnLoopback(text: string): boolean {
  const range = parseRange(text)
  return range !== null && isLoopback(range.network) && range.bits >= WIDEST_BITS.v4
}

function problemAt(code: StartCode, said: Pick<Problem, 'message' | 'fix'>): Problem {
  return startProblem(code, 'gateway.trustedProxies', said)
}
