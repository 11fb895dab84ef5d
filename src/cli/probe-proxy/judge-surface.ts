/** Of the proxy itself: encryption, Host, WebSockets, how much it lets through. */
import { isLoopback, isPrivate } from '../../core/address.ts'
import { good, info, inWords, warning, type Probed, type Try, type Verdict } from './verdict.ts'
import type { Arrival } from './types.ts'

/** As large as the gateway takes from a principal (1 MiB). */
export const BODY_BYTES = 1024 * 1024

export function surfaceVerdicts(probed: Probed, plain: Arrival): readonly Verdict[] {
  const { url, tries } = probed
  return [
    encryption(url, tries.clear),
    host(url, plain),
    webSocket(tries.upgrade),
    body(tries.body),
  ]
}

function encryption(url: URL, clear: Try | null): Verdict {
  if (url.protocol === 'http:') {
    const name = url.hostname.replace(/^\[|\]$/g, '')
    const near = name === 'localhost' || isLoopback(name) || isPrivate(name)
    const said = {
      detail: `${url.origin} is not encrypted: whoever is on the way reads tokens and conversations`,
      fix: 'Give the proxy a certificate, and name the address as https://',
    }
    return (near ? info : warning)('proxy.no_tls', 'The address is not encrypted', said)
  }
  if (clear?.arrival === undefined || clear.arrival === null)
    return good('encrypted, and nothing arrives without TLS')
  return warning('proxy.also_clear', 'The gateway is reached without TLS as well', {
    detail: `what was sent to http://${url.hostname} arrived here`,
    fix: 'Let the proxy redirect port 80 to https',
  })
}

function host(url: URL, { host: arrived }: Arrival): Verdict {
  if (arrived.toLowerCase() === url.host.toLowerCase()) return good(`Host arrives as ${arrived}`)
  return warning('proxy.host_rewritten', 'The proxy rewrites Host', {
    detail: `${url.host} arrives as ${arrived}: the page’s own Origin does not match it, and logins there fail`,
    fix: 'Pass it on as it came: proxy_set_header Host $http_host (nginx), ProxyPreserveHost On (Apache)',
  })
}

function webSocket({ answer, arrival }: Try): Verdict {
  if (arrival !== null && answer.kind === 'status' && answer.status === 101)
    return good('WebSockets come through')
  const arrived =
    arrival === null
      ? 'it does not arrive'
      : `it arrives as ${arrival.transport}, and ${inWords(answer)}`
  return warning('proxy.no_websocket', 'WebSockets do not come through', {
    detail: `an upgrade was sent: ${arrival === null ? `${arrived}; ${inWords(answer)}` : arrived}. Pages, apps and nodes need it`,
    fix: 'Pass Upgrade and Connection on, over HTTP/1.1: docs/behind-a-proxy.md has it for each proxy',
  })
}

function body({ answer, arrival }: Try): Verdict {
  if (arrival !== null) return good(`bodies of ${BODY_BYTES / 1024} KiB come through`)
  return warning('proxy.body_limit', 'The proxy takes less than the gateway', {
    detail: `a body of ${BODY_BYTES / 1024} KiB, which the gateway would take, does not arrive: ${inWords(answer)}`,
    fix: 'Raise its limit: client_max_body_size 2m (nginx), LimitRequestBody (Apache)',
  })
}
