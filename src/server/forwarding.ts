/** Whom a request is attributed to when proxies stand in between (SPEC 2.1). */
import { canonicalAddress, isLoopback, isUnspecified } from '../core/address.ts'
import type { Peer } from '../access/types.ts'

const EXACT: ReadonlySet<string> = new Set([
  'forwarded',
  'x-real-ip',
  'cdn-loop',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'via',
])
const PREFIXES = [
  'x-forwarded-',
  'tailscale-',
  'cf-',
  'x-envoy-',
  'x-original-',
  'x-amzn-',
] as const

/** Names by their first letter: of the dozen headers of a request almost none gets further than that. */
const FIRST_LETTERS: ReadonlySet<number> = new Set(
  [...EXACT, ...PREFIXES].map((name) => name.charCodeAt(0)),
)

/** True for a header that a client of ours has no reason to send and a proxy has. `name`: lower-case. */
export function isForwardingHeader(name: string): boolean {
  if (!FIRST_LETTERS.has(name.charCodeAt(0))) return false
  return EXACT.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix))
}

export type Attributed =
  | { readonly kind: 'client'; readonly address: string }
  | { readonly kind: 'malformed'; readonly detail: string }

const MAX_HOPS = 32

/** Right to left: the first hop that is not ours is the client; what stands left of it is hearsay and not read. */
export function attributeClient(
  peer: Peer,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): Attributed {
  const direct: Attributed = { kind: 'client', address: peer.address }
  if (!peer.trusted || forwardedFor === undefined) return direct

  for (const [walked, hop] of forwardedFor.split(',').toReversed().entries()) {
    if (walked >= MAX_HOPS)
      return {
        kind: 'malformed',
        detail: `X-Forwarded-For with more than ${MAX_HOPS} hops of ours`,
      }
    const address = hopAddress(hop)
    if (address === null)
      return { kind: 'malformed', detail: 'X-Forwarded-For with a hop that is no address' }
    if (isTrusted(address)) continue
    if (isLoopback(address) || isUnspecified(address)) {
      return {
        kind: 'malformed',
        detail: 'X-Forwarded-For with a loopback hop that is no trusted proxy',
      }
    }
    return { kind: 'client', address }
  }
  return direct
}

/** A hop as proxies write it: an address, `address:port`, `[v6]` or `[v6]:port`. */
export function hopAddress(hop: string): string | null {
  const text = hop.trim()
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)
  if (bracketed !== null) {
    const inner = bracketed[1] ?? ''
    return inner.includes(':') && !inner.includes('%') ? canonicalAddress(inner) : null
  }
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text)
  const bare = withPort?.[1] ?? text
  return bare.includes('%') ? null : canonicalAddress(bare)
}
