/** Which programs listen at a TCP port of this host, by the kernel's tables (`man 5 proc_pid_net`, `proc_pid_fd`). */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { endianness } from 'node:os'
import { basename } from 'node:path'
import { canonicalAddress } from '../core/address.ts'

export interface PortListener {
  /** Canonical. */
  readonly address: string
  readonly uid: number
  /** `null`: it belongs to somebody whose processes we may not look into. */
  readonly pid: number | null
  /** Name of the program alone: its arguments may hold a secret. */
  readonly program: string | null
}

interface Row {
  readonly address: string
  readonly uid: number
  readonly inode: string
}

const LISTEN = '0A'

/** `[]` also where the kernel does not tell (not Linux). */
export async function portListeners(port: number): Promise<readonly PortListener[]> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  )
  const rows = tables.flatMap((text) => text.split('\n')).flatMap((row) => listening(row, port))
  if (rows.length === 0) return []
  const pids = await holders(new Set(rows.map(({ inode }) => inode)))
  return Promise.all(
    rows.map(async ({ address, uid, inode }) => {
      const pid = pids.get(inode) ?? null
      return { address, uid, pid, program: pid === null ? null : await programOf(pid) }
    }),
  )
}

function listening(row: string, port: number): readonly Row[] {
  const [, local = '', , state, , , , uid, , inode = ''] = row.trim().split(/\s+/)
  const [hex = '', portHex = ''] = local.split(':')
  if (state !== LISTEN || Number.parseInt(portHex, 16) !== port) return []
  const address = addressOf(hex)
  return address === null ? [] : [{ address, uid: Number(uid), inode }]
}

/** The kernel prints each 32-bit word of an address as a number of this machine's byte order. */
function addressOf(hex: string): string | null {
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.length !== 4 && bytes.length !== 16) return null
  if (endianness() === 'LE') bytes.swap32()
  if (bytes.length === 4) return canonicalAddress([...bytes].join('.'))
  return canonicalAddress(bytes.toString('hex').replace(/(.{4})(?!$)/g, '$1:'))
}

async function holders(inodes: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  await Promise.all(
    pids.map(async (pid) => {
      const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
      const links = await Promise.all(
        names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
      )
      for (const link of links) {
        const [, inode] = /^socket:\[(\d+)\]$/.exec(link) ?? []
        if (inode !== undefined && inodes.has(inode)) found.set(inode, Number(pid))
      }
    }),
  )
  return found
}

/** By its file: what a process calls itself (`comm`) is `MainThread` for each that Node runs. */
async function programOf(pid: number): Promise<string | null> {
  const file = await readlink(`/proc/${pid}/exe`).catch(() => '')
  if (file !== '') return basename(file)
  const text = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  return text.trim() || null
}
