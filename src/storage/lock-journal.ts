/** Keeps the locks of guessed-out addresses over restarts: `locks.jsonl` in the state dir, written before the answer that tells of a lock. */
import { open, readFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { counted } from '../core/counted.ts'
import type { Lock, LockJournal, LockLine } from '../access/throttle-locks.ts'
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { replaceFile, syncFolder } from '../host/replace-file.ts'
import { formatLine, locksOf, parseLines } from './lock-lines.ts'
import { textIfThere } from './text-file.ts'

export interface LockJournalOptions {
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly wall: Clock
  /** Told, in words for the log, when a batch cannot be written or lines cannot be read. */
  readonly onTrouble: (message: string) => void
  /** The file is rewritten once it has grown by this much and doubled: 1 MiB. */
  readonly growthBytes?: number
}

/** How long a lock waits for others to share its write. */
const BATCH_MS = 5
const GROWTH_BYTES = 1024 * 1024
/** Lines that could not be written and are tried again with the next batch. */
const MAX_UNSAVED = 10_000

interface Waiting {
  readonly text: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Reads the journal, rewrites it without what has ended, and opens it; rejects when it cannot be read or written. */
export async function openLockJournal(
  options: LockJournalOptions,
): Promise<{ readonly journal: FileLockJournal; readonly locks: readonly Lock[] }> {
  const { path, wall, onTrouble } = options
  const { lines, damaged } = parseLines((await textIfThere(path)) ?? '')
  if (damaged > 0)
    onTrouble(
      `${path}: ${counted(damaged, 'line')} cannot be read and ${damaged === 1 ? 'is' : 'are'} left out`,
    )
  const locks = locksOf(lines, wall())
  await rewrite(path, locks)
  const journal = new FileLockJournal(options, await openedEnd(path))
  return { journal, locks }
}

interface End {
  readonly handle: FileHandle
  readonly bytes: number
}

export class FileLockJournal implements LockJournal {
  readonly #options: LockJournalOptions
  #end: End
  #compactAt: number
  #waiting: Waiting[] = []
  #unsaved: readonly string[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> | null = null
  #closed = false

  constructor(options: LockJournalOptions, end: End) {
    this.#options = options
    this.#end = end
    this.#compactAt = this.#nextCompaction()
  }

  append(line: LockLine): Promise<void> {
    if (this.#closed) return Promise.reject(new Error(`${this.#options.path} is closed`))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text: formatLine(line), resolve, reject })
      this.#schedule()
    })
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#waiting.length > 0) await this.#writeBatch()
    await this.#end.handle.close()
  }

  #schedule(): void {
    if (this.#timer !== null || this.#writing !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#writing = this.#writeBatch().finally(() => {
        this.#writing = null
        if (this.#waiting.length > 0 && !this.#closed) this.#schedule()
      })
    }, BATCH_MS)
  }

  /** Never rejects: whoever waits for a line hears what became of it. */
  async #writeBatch(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    const texts = [...this.#unsaved, ...batch.map(({ text }) => text)]
    try {
      await this.#write(texts.join(''))
    } catch (error) {
      this.#unsaved = texts.slice(-MAX_UNSAVED)
      this.#options.onTrouble(
        `${this.#options.path}: cannot be written (${messageOf(error)}); locks hold, but a restart would lift them. Free disk space, or check the folder's permissions.`,
      )
      for (const { reject } of batch) reject(error)
      return
    }
    this.#unsaved = []
    for (const { resolve } of batch) resolve()
    if (this.#end.bytes >= this.#compactAt) await this.#compact()
  }

  async #write(text: string): Promise<void> {
    const { handle, bytes } = this.#end
    // A failed write may have left half a line, which must not swallow the next one.
    const whole = this.#unsaved.length > 0 ? `\n${text}` : text
    await handle.appendFile(whole)
    await handle.datasync()
    this.#end = { handle, bytes: bytes + Buffer.byteLength(whole) }
  }

  async #compact(): Promise<void> {
    const { path, wall, onTrouble } = this.#options
    try {
      const { lines } = parseLines(await readFile(path, 'utf8'))
      await rewrite(path, locksOf(lines, wall()))
      const old = this.#end.handle
      this.#end = await openedEnd(path)
      await old.close()
    } catch (error) {
      onTrouble(`${path}: cannot be rewritten (${messageOf(error)}); it goes on growing`)
    }
    this.#compactAt = this.#nextCompaction()
  }

  #nextCompaction(): number {
    return Math.max(
      this.#end.bytes * 2,
      this.#end.bytes + (this.#options.growthBytes ?? GROWTH_BYTES),
    )
  }
}

async function openedEnd(path: string): Promise<End> {
  const handle = await open(path, 'a', 0o600)
  await syncFolder(dirname(path))
  return { handle, bytes: (await handle.stat()).size }
}

async function rewrite(path: string, locks: readonly Lock[]): Promise<void> {
  const text = locks.map((lock) => formatLine({ kind: 'lock', ...lock })).join('')
  const written = await replaceFile(path, text)
  if (written.kind === 'failed') throw new Error(written.why)
}
