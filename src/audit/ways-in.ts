/** Who might come without a credential of ours, from where, and pretending what: made-up requests that checks put to the decision code. */
import { isIP } from 'node:net'
import type { Config } from '../config/schema.ts'
import { isLoopback, parseRange } from '../core/address.ts'
import { OTHER_UID, STRANGER, type Decided, type MadeUp } from './decided.ts'
import type { AuditFacts } from './types.ts'

export interface Stranger {
  /** Another machine, or another user of this one. */
  readonly from: 'elsewhere' | 'this-host'
  /** What it says of itself. */
  readonly shows: 'nothing' | 'forged proxy' | 'forged tailnet'
  readonly request: MadeUp
}

export interface WayIn extends Stranger {
  readonly decided: Extract<Decided, { kind: 'allowed' }>
}

type Asked = Pick<AuditFacts, 'config' | 'decide' | 'listens' | 'reached'>

/** `elsewhere`: addresses of other machines that might connect. */
export function waysIn(facts: Asked, elsewhere: readonly string[] = [STRANGER]): readonly WayIn[] {
  return strangers(facts, elsewhere).flatMap((stranger) => {
    const decided = facts.decide(stranger.request)
    return decided.kind === 'allowed' ? [{ ...stranger, decided }] : []
  })
}

/** Only those whom one of our addresses is there for: other machines where it is not loopback, IPv6 where it is one. */
export function strangers(
  { config, listens, reached }: Pick<Asked, 'config' | 'listens' | 'reached'>,
  elsewhere: readonly string[],
): readonly Stranger[] {
  const places = [
    ...(reached ? elsewhere.map((peer) => ({ from: 'elsewhere' as const, peer })) : []),
    ...loopbackPeers(config).map((peer) => ({ from: 'this-host' as const, peer })),
  ]
  const families = new Set(listens.map(isIP))
  return places
    .filter(({ peer }) => families.has(isIP(peer)))
    .flatMap(({ from, peer }) =>
      shown(config).map(({ shows, headers }) => ({
        from,
        shows,
        request: { peer, headers, uid: OTHER_UID },
      })),
    )
}

/** Any 127.x.y.z is every local user's to connect from. */
function loopbackPeers({ gateway }: Config): readonly string[] {
  return [...new Set(['127.0.0.1', ...proxyPeers(gateway.trustedProxies).filter(isLoopback)])]
}

/** One address of each trusted range. */
export function proxyPeers(ranges: readonly string[]): readonly string[] {
  return ranges.flatMap((range) => parseRange(range)?.network ?? [])
}

const LOCAL = 'Host: localhost'
const FORWARDED = [
  'X-Forwarded-For: 198.51.100.9',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: claw.example.com',
]

function shown(config: Config): readonly (Pick<Stranger, 'shows'> & { headers: string[] })[] {
  const tailnet = ['Tailscale-User-Login: alice@example.com', 'Tailscale-User-Name: Alice']
  return [
    { shows: 'nothing', headers: [LOCAL] },
    { shows: 'nothing', headers: ['Host: claw.example.com'] },
    { shows: 'forged proxy', headers: [LOCAL, ...identityHeaders(config, anyUser(config))] },
    { shows: 'forged tailnet', headers: [LOCAL, ...FORWARDED, ...tailnet] },
  ]
}

/** One whom the proxy would let in. */
export function anyUser({ gateway }: Config): string {
  return gateway.auth.trustedProxy.allowUsers[0] ?? 'stranger@example.com'
}

/** What a proxy of ours writes, or whoever pretends to be one. */
export function identityHeaders({ gateway }: Config, user: string): readonly string[] {
  const { userHeader, requiredHeaders } = gateway.auth.trustedProxy
  const own = new Set([...requiredHeaders, ...(userHeader === undefined ? [] : [userHeader])])
  const rest = FORWARDED.filter((line) => !own.has(line.split(':')[0]?.toLowerCase() ?? ''))
  const named = [...own].map((name) => `${name}: ${name === userHeader ? user : valueOf(name)}`)
  return [...rest, ...named]
}

/** Where a header has a form, its value has it. */
function valueOf(name: string): string {
  return FORWARDED.find((line) => line.toLowerCase().startsWith(`${name}: `))?.split(': ')[1] ?? 'x'
}
