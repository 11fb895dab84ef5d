/** The record's files as they are written: one open at the end, rotated by size, the oldest dropped at the cap. */
import { mkdir, open, stat, unlink, type FileHandle } from 'node:fs/promises'
import { Chain, GENESIS, type Link } from './chain.ts'
import { absent, recordFile, type RecordFile } from './files.ts'
import type { HeadValues } from './head.ts'
import { FILE_EVENT, previousHash, type Recovered } from './recover.ts'

export interface SegmentOptions {
  readonly dir: string
  /** A new file is begun once one is this large. */
  readonly fileBytes: number
  /** Of all files together. */
  readonly maxBytes: number
  readonly clock: () => number
  /** Called before the oldest file is removed; a rejection keeps the file. */
  readonly saveHead: (values: HeadValues) => Promise<void>
}

export class Segments {
  readonly #options: SegmentOptions
  readonly #older: (RecordFile & { readonly bytes: number })[]
  #open: RecordFile
  /** What is synced; whatever the file holds beyond it was never acknowledged. */
  #bytes: number
  #last: Link
  #first: Recovered['first']
  #handle: FileHandle | null = null
  #inode = 0

  constructor(options: SegmentOptions, recovered: Recovered) {
    this.#options = options
    this.#older = [...recovered.older]
    this.#open = recovered.open
    this.#bytes = recovered.openBytes
    this.#last = recovered.last
    this.#first = recovered.first
  }

  get head(): HeadValues {
    return {
      last: this.#last,
      firstSequence: this.#first.sequence,
      firstPrevious: this.#first.previous,
    }
  }

  /** Resolves when all `entries` (JSON) are on disk. Rejects when none of them counts. */
  async write(entries: readonly string[]): Promise<void> {
    try {
      await this.#append(entries, await this.#ready())
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** Closes the open file; the next write opens it again. */
  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = null
    // An error of close() says nothing that the sync before it did not.
    await handle?.close().catch(() => undefined)
  }

  async #append(entries: readonly string[], handle: FileHandle): Promise<void> {
    const chain = new Chain(this.#last)
    const all = this.#bytes === 0 ? [this.#fileNote(), ...entries] : entries
    const data = Buffer.from(all.map((entry) => chain.next(entry)).join(''))
    await handle.appendFile(data)
    await handle.datasync()
    // A removed file still takes writes, and so does one that was cut: nobody would ever find them.
    const { ino, size } = await stat(this.#open.path)
    if (ino !== this.#inode || size !== this.#bytes + data.length) {
      throw new RecordReplaced(this.#open.path)
    }
    this.#bytes += data.length
    this.#last = chain.last
  }

  async #ready(): Promise<FileHandle> {
    if (this.#bytes >= this.#options.fileBytes) await this.#rotate()
    if (this.#handle !== null) return this.#handle
    await this.#leaveShortened()
    await mkdir(this.#options.dir, { recursive: true, mode: 0o700 })
    const handle = await open(this.#open.path, 'a', 0o600)
    this.#handle = handle
    const { size, ino } = await handle.stat()
    this.#inode = ino
    if (size > this.#bytes) await handle.truncate(this.#bytes)
    if (this.#bytes === 0) await syncFolder(this.#options.dir)
    return handle
  }

  /** Somebody removed or cut the open file: go on in a new one, so that the gap stays to be seen. */
  async #leaveShortened(): Promise<void> {
    if (this.#bytes === 0) return
    const found = await stat(this.#open.path).catch(absent)
    if (found !== null && found.size >= this.#bytes) return
    if (found !== null) this.#older.push({ ...this.#open, bytes: found.size })
    this.#begin()
  }

  async #rotate(): Promise<void> {
    await this.close()
    this.#older.push({ ...this.#open, bytes: this.#bytes })
    this.#begin()
    // Nothing is lost when this fails: the next rotation drops more.
    await this.#dropOldest().catch(() => undefined)
  }

  #begin(): void {
    this.#open = recordFile(this.#options.dir, this.#last.sequence + 1)
    this.#bytes = 0
  }

  async #dropOldest(): Promise<void> {
    const { maxBytes, fileBytes } = this.#options
    for (;;) {
      const kept = this.#older.reduce((sum, { bytes }) => sum + bytes, fileBytes)
      const [oldest, next = this.#open] = this.#older
      if (oldest === undefined || kept <= maxBytes) return
      const previous = next === this.#open ? this.#last.hash : await previousHash(next.path)
      // Head first: a crash in between leaves a file too many, never one too few.
      const first = { sequence: next.first, previous: previous ?? GENESIS.hash }
      await this.#options.saveHead({
        last: this.#last,
        firstSequence: first.sequence,
        firstPrevious: first.previous,
      })
      await unlink(oldest.path).catch(absent)
      this.#first = first
      this.#older.shift()
    }
  }

  #fileNote(): string {
    return JSON.stringify({
      kind: 'note',
      at: this.#options.clock(),
      event: FILE_EVENT,
      by: null,
      facts: { previous: this.#last.hash, firstKept: this.#first.sequence },
    })
  }
}

/** The open file is no longer where it was opened. */
class RecordReplaced extends Error {
  constructor(path: string) {
    super(`${path} was removed, replaced or changed while the gateway wrote to it`)
    this.name = 'RecordReplaced'
  }
}

async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
