/**
 * Whose process holds the other end of a connection on this host, by the kernel's table of TCP sockets.
 *
 * Linux only: `/proc/net/tcp` and `/proc/net/tcp6` list each socket with its owner's uid. The row
 * of the peer's own end is what counts; ours says nothing about the caller.
 */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { PeerOwner } from '../access/types.ts'
import { SocketTable, type Connection } from './socket-table.ts'

export type { Connection } from './socket-table.ts'

export interface SocketOwners {
  /** The uid behind `peerAddress:peerPort`; `none` when no living socket is there, or nobody can tell. Never rejects. */
  readonly ownerOf: (connection: Connection) => Promise<PeerOwner>
}

const NONE: PeerOwner = { kind: 'none' }

/** `readTables`: the text of every table, headings and all, in one buffer. */
export function socketOwners({
  readTables,
  unmappedUid,
}: {
  readonly readTables: () => Promise<Buffer>
  /** What the kernel writes for everybody outside this user namespace (user_namespaces(7)); `null` outside of any. */
  readonly unmappedUid: number | null
}): SocketOwners {
  const reads = new SharedRead(async () => new SocketTable(await readTables()))
  return {
    ownerOf: async (connection) => {
      const table = await reads.next().catch(() => null)
      const owner = table?.ownerOf(connection) ?? NONE
      return owner.kind === 'uid' && owner.uid === unmappedUid ? NONE : owner
    },
  }
}

/** Stands for every uid that has no name here, so it is nobody's in particular. `null`: all of them have one. */
export function readUnmappedUid(): number | null {
  if (/^\s*0\s+0\s+4294967295\s*$/.test(textOf('/proc/self/uid_map', '0 0 4294967295'))) return null
  return Number(textOf('/proc/sys/kernel/overflowuid', '65534'))
}

function textOf(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}

/** Reads the tables of this process's network namespace. A host without IPv6 has no `tcp6`. */
export async function readSocketTables(): Promise<Buffer> {
  const tables = await Promise.allSettled([readFile('/proc/net/tcp'), readFile('/proc/net/tcp6')])
  const readable = tables.flatMap((table) => (table.status === 'fulfilled' ? [table.value] : []))
  return Buffer.concat(readable)
}

/**
 * One read for everybody who waits, and never one that began before the question: a connection
 * accepted while the kernel was being asked may be missing from that answer.
 */
class SharedRead<Value> {
  readonly #read: () => Promise<Value>
  #running: Promise<Value> | null = null
  #queued: Promise<Value> | null = null

  constructor(read: () => Promise<Value>) {
    this.#read = read
  }

  next(): Promise<Value> {
    if (this.#running === null) return this.#start()
    this.#queued ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    )
    return this.#queued
  }

  #start(): Promise<Value> {
    this.#queued = null
    const running = this.#read()
    this.#running = running
    const end = () => {
      if (this.#running === running && this.#queued === null) this.#running = null
    }
    running.then(end, end)
    return running
  }
}
