/** Which pages may talk to us: judged before any credential, alike for right and wrong ones (SPEC 2.8). */
import { isAddress, isLoopback, isPrivate } from '../core/address.ts'
import type { AccessPolicy, Evidence } from './types.ts'

/** True when no browser is involved, or the page that asks is ours or listed. */
export function originAllowed(evidence: Evidence, policy: AccessPolicy): boolean {
  const { origin } = evidence.browser
  if (origin === null) return siteIsOurs(evidence.browser.site)
  const page = parseOrigin(origin)
  if (page === null) return false
  if (policy.origins.any || policy.origins.allowed.has(page.origin)) return true
  if (!sameOrigin(evidence)) return false
  return policy.origins.hostHeaderFallback || nameIsOurs(evidence.host.name, policy)
}

/** Whether the page itself is served under this name: it would be of no use where its own calls are refused. */
export function pageAllowed({ host }: Evidence, policy: AccessPolicy): boolean {
  const { any, hostHeaderFallback, allowed } = policy.origins
  if (any || hostHeaderFallback || nameIsOurs(host.name, policy)) return true
  const name = host.name.includes(':') ? `[${host.name}]` : host.name
  const authority = host.port === '' ? name : `${name}:${host.port}`
  return ['http', 'https'].some((scheme) =>
    allowed.has(canonicalOrigin(`${scheme}://${authority}`) ?? ''),
  )
}

/** The page was served from the very address that the request was sent to. */
export function sameOrigin(evidence: Evidence): boolean {
  const page = evidence.browser.origin === null ? null : parseOrigin(evidence.browser.origin)
  if (page === null) return false
  const { scheme } = evidence.browser
  if (scheme !== null && page.protocol !== `${scheme}:`) return false
  const defaultPort = page.protocol === 'https:' ? '443' : '80'
  const pagePort = page.port === '' ? defaultPort : page.port
  const hostPort = evidence.host.port === '' ? defaultPort : evidence.host.port
  return bareName(page.hostname) === evidence.host.name && pagePort === hostPort
}

/** Without an Origin a browser still says where the page came from; absent means no browser. */
export function siteIsOurs(site: string | null): boolean {
  return site === null || site === 'same-origin' || site === 'none'
}

/** Canonical `scheme://host[:port]`, or `null` for anything else: for the configured list and for requests alike. */
export function canonicalOrigin(text: string): string | null {
  return parseOrigin(text)?.origin ?? null
}

function parseOrigin(text: string): URL | null {
  if (!/^https?:\/\/[^/?#@\s]+$/i.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  // What browsers write is canonical already; whatever the parser had to mend is no Origin of theirs (R38).
  const written = text.toLowerCase().replace(url.protocol === 'https:' ? /:443$/ : /:80$/, '')
  return written === url.origin ? url : null
}

/** A name that no stranger's DNS can point here: loopback, a private address, or our own tailnet name. */
function nameIsOurs(name: string, policy: AccessPolicy): boolean {
  if (name === 'localhost' || policy.origins.tailnetNames.has(name)) return true
  return isAddress(name) && (isLoopback(name) || isPrivate(name))
}

function bareName(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}
