/** Which pages may talk to the gateway, read naively from SPEC 2.8: text against text, no URL parser. */
import {
  fourOf,
  groupsOf,
  isLoopbackText,
  isPrivateText,
  writtenSix,
} from './reference-address.fixture.ts'
import type { AccessPolicy, Evidence } from './types.ts'

interface Page {
  readonly scheme: string
  readonly name: string
  readonly port: string
}

export function originPasses(evidence: Evidence, policy: AccessPolicy): boolean {
  const { origin, site } = evidence.browser
  if (origin === null) return site === null || site === 'same-origin' || site === 'none'
  const page = readOrigin(origin)
  if (page === null) return false
  if (policy.origins.any) return true
  for (const listed of policy.origins.allowed) if (listed === written(page)) return true
  if (!isSameOrigin(evidence)) return false
  if (policy.origins.hostHeaderFallback) return true
  return hostIsOurs(evidence.host.name, policy)
}

/** The exception of 2.8 for a link or the address bar that opens one of the page's own files. */
export function screenPasses(
  evidence: Evidence,
  policy: AccessPolicy,
  target: 'page' | 'operation',
): boolean {
  const { origin, navigation } = evidence.browser
  if (target === 'page' && !pageIsOn(evidence, policy)) return false
  if (origin === null && target === 'page' && navigation) return true
  return originPasses(evidence, policy)
}

/** 2.8: without a listing the page is off for names other than loopback, private addresses and our own tailnet name. */
function pageIsOn({ host }: Evidence, policy: AccessPolicy): boolean {
  const { any, hostHeaderFallback, allowed } = policy.origins
  if (any || hostHeaderFallback || hostIsOurs(host.name, policy)) return true
  for (const scheme of ['http', 'https'] as const) {
    const usual = scheme === 'https' ? '443' : '80'
    const page = { scheme, name: host.name, port: host.port === '' ? usual : host.port }
    if (allowed.has(written(page))) return true
  }
  return false
}

/** Host and port; the scheme where we terminate it. */
export function isSameOrigin(evidence: Evidence): boolean {
  const { origin, scheme } = evidence.browser
  const page = origin === null ? null : readOrigin(origin)
  if (page === null) return false
  if (scheme !== null && scheme !== page.scheme) return false
  if (page.name !== evidence.host.name) return false
  const usual = page.scheme === 'https' ? '443' : '80'
  const hostPort = evidence.host.port === '' ? usual : evidence.host.port
  return page.port === hostPort
}

function hostIsOurs(name: string, policy: AccessPolicy): boolean {
  if (name === 'localhost') return true
  if (isLoopbackText(name)) return true
  if (isPrivateText(name)) return true
  return policy.origins.tailnetNames.has(name)
}

/** `scheme://host[:port]` as a browser writes it, in whatever case; anything else is no origin. */
function readOrigin(text: string): Page | null {
  const match = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/.exec(
    text.toLowerCase(),
  )
  if (match === null) return null
  const [, scheme = '', host = '', port] = match
  const bracketed = host.startsWith('[')
  const name = bracketed ? host.slice(1, -1) : host
  if (!(bracketed ? isSix(name) : isName(name))) return null
  if (port !== undefined && (Number(port) > 65_535 || String(Number(port)) !== port)) return null
  return { scheme, name, port: port ?? (scheme === 'https' ? '443' : '80') }
}

function isSix(name: string): boolean {
  const groups = name.includes(':') ? groupsOf(name) : null
  return groups !== null && writtenSix(groups) === name
}

/** A name that ends in a number is an IPv4 address or nothing. */
function isName(name: string): boolean {
  const labels = name.split('.').filter((label) => label !== '')
  const last = labels[labels.length - 1]
  if (last === undefined || /^(\d+|0x[0-9a-f]*)$/.test(last)) return fourOf(name) !== null
  return true
}

function written(page: Page): string {
  const host = page.name.includes(':') ? `[${page.name}]` : page.name
  const usual = page.scheme === 'https' ? '443' : '80'
  return `${page.scheme}://${host}${page.port === usual ? '' : `:${page.port}`}`
}
