/**
 * Whose process holds the other end of a connection on this host, by the kernel's table of TCP sockets.
 *
 * Linux only: `/proc/net/tcp` and `/proc/net/tcp6` list each socket with its owner's uid. The row
 * of the peer's own end is what counts; ours says nothing about the caller.
 */
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
}: {
  readonly readTables: () => Promise<Buffer>
}): SocketOwners {
  const reads = new SharedRead(async () => new SocketTable(await readTables()))
  return {
    ownerOf: async (connection) => {
      const table = await reads.next().catch(() => null)
      return table?.ownerOf(connection) ?? NONE
    },
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
