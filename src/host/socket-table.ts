/** One reading of the kernel's TCP tables, and how to find a row in it (`man 5 proc_pid_net`). */
import { endianness } from 'node:os'
import { isIPv4 } from 'node:net'
import type { PeerOwner } from '../access/types.ts'
import { canonicalAddress } from '../core/address.ts'

/** The two ends of an accepted connection, as the accepting socket names them. */
export interface Connection {
  readonly localAddress: string
  readonly localPort: number
  readonly peerAddress: string
  readonly peerPort: number
}

const ESTABLISHED = '01'
const MAPPED_PREFIX = `0000000000000000${words([0, 0, 0xff, 0xff])}`
/** What follows the state: queues, timer, retransmits, then uid, timeout and inode. */
const REST_OF_ROW = /^ [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ [0-9A-F]+ +(\d+) +\d+ +(\d+) /
/** Enough of a row to hold {@link REST_OF_ROW}, whatever its numbers. */
const REST_BYTES = 100
/** Finding one row by searching costs a tenth of indexing the table; from here on the index is cheaper. */
const SEARCHES_BEFORE_INDEX = 8

/** Not a parsed table: 10,000 rows are 1.5 MB, and mostly one question is asked of them. */
export class SocketTable {
  readonly #bytes: Buffer
  #searches = 0
  #index: ReadonlyMap<string, number> | null = null

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  ownerOf(connection: Connection): PeerOwner {
    for (const key of rowKeys(connection)) {
      const end = this.#find(key)
      if (end !== null) return this.#ownerAt(end)
    }
    return { kind: 'none' }
  }

  /** Offset behind the state of the row that begins with `key`. */
  #find(key: string): number | null {
    this.#searches += 1
    if (this.#searches > SEARCHES_BEFORE_INDEX)
      this.#index ??= indexRows(this.#bytes.toString('latin1'))
    if (this.#index !== null) return this.#index.get(key) ?? null
    const at = this.#bytes.indexOf(`: ${key} `, 0, 'latin1')
    return at === -1 ? null : at + 2 + key.length
  }

  #ownerAt(end: number): PeerOwner {
    const [, uid, inode] =
      REST_OF_ROW.exec(this.#bytes.toString('latin1', end, end + REST_BYTES)) ?? []
    // Inode 0 is a socket that no process holds any more; the kernel then prints uid 0 for it.
    if (uid === undefined || inode === undefined || Number(inode) === 0) return { kind: 'none' }
    return { kind: 'uid', uid: Number(uid) }
  }
}

/** `local remote state` of every established row, to the offset behind it. */
function indexRows(text: string): ReadonlyMap<string, number> {
  const rows = new Map<string, number>()
  for (const row of text.matchAll(/: ([0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} 01) /g)) {
    const [whole, key = ''] = row
    rows.set(key, row.index + whole.length - 1)
  }
  return rows
}

/** How the row of the peer's end begins: its address, ours, established. Two spellings for IPv4, whose socket may be an IPv6 one. */
function rowKeys({
  localAddress,
  localPort,
  peerAddress,
  peerPort,
}: Connection): readonly string[] {
  const peer = canonicalAddress(peerAddress)
  const local = canonicalAddress(localAddress)
  if (peer === null || local === null) return []

  const key = (prefix: string) =>
    `${prefix}${addressHex(peer)}:${portHex(peerPort)} ${prefix}${addressHex(local)}:${portHex(localPort)} ${ESTABLISHED}`
  return isIPv4(peer) ? [key(''), key(MAPPED_PREFIX)] : [key('')]
}

function portHex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

function addressHex(address: string): string {
  return words(isIPv4(address) ? quadBytes(address) : ipv6Bytes(address))
}

/** The kernel prints each 32-bit word of an address as a number of this machine's byte order. */
function words(bytes: readonly number[]): string {
  const swapped = endianness() === 'LE'
  const hex = Buffer.from(bytes)
  return (swapped ? hex.swap32() : hex).toString('hex').toUpperCase()
}

function quadBytes(address: string): number[] {
  return address.split('.').map(Number)
}

/** The 16 bytes of a canonical IPv6 address, whose tail may be written as IPv4. */
function ipv6Bytes(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const left = groupBytes(head)
  if (tail === undefined) return left
  const right = groupBytes(tail)
  return [...left, ...Array.from({ length: 16 - left.length - right.length }, () => 0), ...right]
}

function groupBytes(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return quadBytes(group)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
