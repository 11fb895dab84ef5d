/** Where a process listens, by the kernel's tables (`man 5 proc_pid_net`). Linux only. */
import { endianness } from 'node:os'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { canonicalAddress } from '../core/address.ts'

export interface ListeningSocket {
  readonly address: string
  readonly port: number
}

const LISTEN = '0A'
/** Number, local address and port, remote ones, state, queues, timer, retransmits, uid, timeout, inode. */
const ROW =
  /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) \S+ \S+ \S+ +\d+ +\d+ +(\d+) /gm

/** TCP sockets alone. `null`: nobody here may tell, or this is no Linux. */
export async function listeningSockets(pid: number): Promise<readonly ListeningSocket[] | null> {
  const [inodes, table, table6] = await Promise.all([
    socketsOf(pid),
    readFile(`/proc/${pid}/net/tcp`, 'latin1').catch(() => null),
    // A host without IPv6 has none.
    readFile(`/proc/${pid}/net/tcp6`, 'latin1').catch(() => ''),
  ])
  if (inodes === null || table === null) return null
  return [...`${table}\n${table6}`.matchAll(ROW)].flatMap(
    ([, address = '', port = '', state, inode = '']) =>
      state === LISTEN && inodes.has(inode)
        ? [{ address: addressOf(address), port: Number.parseInt(port, 16) }]
        : [],
  )
}

/** Inodes of the sockets that it holds. */
async function socketsOf(pid: number): Promise<ReadonlySet<string> | null> {
  const folder = `/proc/${pid}/fd`
  const names = await readdir(folder).catch(() => null)
  if (names === null) return null
  const links = await Promise.all(
    names.map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  )
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
}

/** The kernel prints each 32-bit word of an address as a number of this machine's byte order. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (endianness() === 'LE') bytes.swap32()
  if (bytes.length === 4) return [...bytes].join('.')
  const groups = bytes.toString('hex').match(/.{4}/g) ?? []
  return canonicalAddress(groups.join(':')) ?? groups.join(':')
}
