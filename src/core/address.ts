/** IP addresses: one canonical text for each, the ranges that matter, and the buckets guesses are counted in. */
import { BlockList, SocketAddress, isIP, isIPv4, isIPv6 } from 'node:net'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** The canonical text: IPv4-mapped IPv6 as IPv4, IPv6 compressed and lower-case, no zone. `null` when it is no address. */
export function canonicalAddress(text: string): string | null {
  if (isIPv4(text)) return text
  const bare = text.split('%', 1)[0] ?? ''
  if (!isIPv6(bare)) return null
  const address = new SocketAddress({ address: bare, family: 'ipv6' }).address
  return MAPPED.exec(address)?.[1] ?? address
}

/** A set of addresses and networks; empty, it holds nobody. */
export class AddressList {
  readonly #list = new BlockList()
  readonly size: number

  /** `entries`: addresses and CIDRs that {@link parseRange} accepts; throws `RangeError` naming the first that is neither. */
  constructor(entries: readonly string[]) {
    this.size = entries.length
    for (const entry of entries) {
      const range = parseRange(entry)
      if (range === null) throw new RangeError(`"${entry}" is neither an address nor a CIDR`)
      this.#list.addSubnet(range.network, range.bits, isIPv4(range.network) ? 'ipv4' : 'ipv6')
    }
  }

  /** `address` must be canonical. */
  has(address: string): boolean {
    if (this.size === 0) return false
    return this.#list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  }
}

/** `192.0.2.1`, `2001:db8::/32`; a mapped network is written as IPv4. `null` for anything else. */
export function parseRange(
  text: string,
): { readonly network: string; readonly bits: number } | null {
  const [address = '', bitsText, ...rest] = text.split('/')
  if (rest.length > 0 || address.includes('%')) return null
  const network = canonicalAddress(address)
  if (network === null) return null
  const width = isIPv4(network) ? 32 : 128
  if (bitsText === undefined) return { network, bits: width }
  if (!/^\d{1,3}$/.test(bitsText)) return null
  const mapped = isIPv6(address) && width === 32
  const bits = Number(bitsText) - (mapped ? 96 : 0)
  return bits >= 0 && bits <= width ? { network, bits } : null
}

const LOOPBACK = new AddressList(['127.0.0.0/8', '::1'])
const PRIVATE = new AddressList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
])

/** `address` must be canonical, as everywhere below. */
export function isLoopback(address: string): boolean {
  return address === '127.0.0.1' || LOOPBACK.has(address)
}

export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}

/** RFC 1918, unique local (RFC 4193) and link-local addresses. */
export function isPrivate(address: string): boolean {
  return PRIVATE.has(address)
}

/** Whom a guess counts against: the address, or for IPv6 its /64, since one subscriber holds a whole /64. */
export function guessBucket(address: string): string {
  return address.includes(':') ? `${hextets(address).slice(0, 4).join(':')}::/64` : address
}

/** The coarse bucket when no more addresses can be tracked: /16 for IPv4, /48 for IPv6. */
export function coarseBucket(address: string): string {
  if (address.includes(':')) return `${hextets(address).slice(0, 3).join(':')}::/48`
  return `${address.split('.').slice(0, 2).join('.')}.0.0/16`
}

/** The eight groups of a canonical IPv6 address, without leading zeros. */
function hextets(address: string): string[] {
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  if (tail === undefined) return left
  const right = tail === '' ? [] : tail.split(':')
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
}

export function isAddress(text: string): boolean {
  return isIP(text) !== 0
}
