/** What a stranger could write into a request, to be taken for somebody else: the headers that a proxy must strip or overwrite. */

/** By which proxies say for whom they forward, each as its proxy writes it. */
const FORWARDING = [
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Port',
  'Forwarded',
  'X-Real-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'X-Envoy-External-Address',
  'X-Original-Forwarded-For',
  'X-Original-URL',
] as const

/** By which proxies that log people in say who it is: oauth2-proxy, Authelia, Cloudflare Access, Google IAP, Pomerium, SSO modules. */
const IDENTITY = [
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Preferred-Username',
  'X-Auth-Request-User',
  'X-Auth-Request-Email',
  'Remote-User',
  'X-Remote-User',
  'X-WebAuth-User',
  'Cf-Access-Authenticated-User-Email',
  'Cf-Access-Jwt-Assertion',
  'X-Goog-Authenticated-User-Email',
  'X-Goog-Iap-Jwt-Assertion',
  'X-Pomerium-Jwt-Assertion',
] as const

const TAILSCALE = ['Tailscale-User-Login', 'Tailscale-User-Name'] as const

/** What the gateway knows forged values by. */
export interface Marker {
  readonly text: string
  readonly address: string
}

export type Headers = Readonly<Record<string, string>>

export function forgedForwarding({ text, address }: Marker): Headers {
  const value = (name: string): string => {
    if (name === 'Forwarded') return `for="[${address}]";host=${text}`
    return /-For$|-IP$|-Address$/.test(name) ? address : text
  }
  return Object.fromEntries(FORWARDING.map((name) => [name, value(name)]))
}

/** `configured`: lower-case names that mean somebody to this gateway. */
export function forgedIdentity({ text }: Marker, configured: readonly string[]): Headers {
  const known = [...IDENTITY, ...TAILSCALE]
  const more = configured.filter((name) => !known.some((one) => one.toLowerCase() === name))
  return Object.fromEntries([...known, ...more].map((name) => [name, `${text}@probe.invalid`]))
}
