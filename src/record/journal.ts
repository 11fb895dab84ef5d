/** The queue before the record's files: what comes together is written and synced together, and outages are waited out. */
import { messageOf } from '../core/errors.ts'
import { Segments, type SegmentOptions } from './segments.ts'
import { recover } from './recover.ts'
import type { RecordEntry } from './entries.ts'
import { HeadKeeper, type HeadStore } from './head.ts'
import {
  beginOutage,
  damageNote,
  lostNote,
  nextAttempt,
  outageMessage,
  resumedNote,
  type Outage,
} from './outage.ts'
import { RecordUnavailable, afterFailure, batchOf, behind, type Waiting } from './waiting.ts'

export interface JournalOptions extends Omit<SegmentOptions, 'saveHead'> {
  readonly key: Buffer
  readonly heads: HeadStore
  /** Redacts secrets in one entry's JSON. */
  readonly scrub: (json: string) => string
  /** Tells the operator, once for each outage. */
  readonly report: (level: 'error' | 'info', message: string) => void
}

/** For those who watch over the disk. */
export interface RecordHealth {
  /** Entries that are not on disk yet. */
  readonly waiting: number
  /** Since when the disk has taken none of them. */
  readonly lagMs: number
  /** Writes that failed since the start. */
  readonly failures: number
}

const BATCH_MS = 50
/** Entries held in memory while the disk takes none; further ones are counted. */
const MOST_WAITING = 100_000

export class Journal {
  readonly #options: JournalOptions
  readonly #heads: HeadKeeper
  #segments: Segments | null = null
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #outage: Outage | null = null
  /** When something began to wait, or the disk last took some: milliseconds since the epoch. */
  #behindSince = 0
  #failures = 0
  /** Entries for which there was no room. */
  #lost = 0
  #headReported = false
  #stopped = false
  /** Entries that somebody waits for, and calls that wait for everything. */
  #awaited = 0

  constructor(options: JournalOptions) {
    this.#options = options
    this.#heads = new HeadKeeper(options.heads, options.key)
  }

  get writable(): boolean {
    return this.#outage === null && !this.#stopped
  }

  /** How far the disk is behind. */
  get health(): RecordHealth {
    const waiting = this.#waiting.length
    const lagMs = waiting === 0 ? 0 : Math.max(0, this.#options.clock() - this.#behindSince)
    return { waiting, lagMs, failures: this.#failures }
  }

  /** Reads what the last run left. A folder that cannot be written makes an outage, not an error. */
  async start(): Promise<void> {
    this.#running = this.#run()
    await this.#running
    await this.saveHead()
  }

  /** Behind the request: nobody waits for it, so it shares its write and its sync with what comes within 50 ms. */
  append(entry: RecordEntry): void {
    this.#push(behind(entry), BATCH_MS)
  }

  /** Resolves when it is on disk; rejects with {@link RecordUnavailable}. */
  commit(entry: RecordEntry, keep: Waiting['keep']): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (!this.writable && keep === 'unless-refused') {
      reject(new RecordUnavailable(null))
      return promise
    }
    if (this.writable) {
      this.#awaited += 1
      const settled = (): void => void (this.#awaited -= 1)
      promise.then(settled, settled)
      this.#push({ entry, keep, done: resolve, failed: reject }, 0)
    } else {
      this.append(entry)
      reject(new RecordUnavailable(null))
    }
    return promise
  }

  /** Resolves when everything up to now is on disk, or cannot be. */
  async flush(): Promise<void> {
    if (this.#outage !== null) return
    this.#awaited += 1
    this.#go()
    await this.#running
    this.#awaited -= 1
  }

  /** Saves the head when it moved; a store that is down is reported once and tried again. */
  async saveHead(): Promise<void> {
    if (this.#segments === null) return
    try {
      await this.#heads.save(this.#segments.head)
      this.#headReported = false
    } catch (error) {
      if (!this.#headReported)
        this.#options.report('error', `The record's head cannot be saved: ${messageOf(error)}`)
      this.#headReported = true
    }
  }

  async stop(): Promise<void> {
    this.#awaited += 1
    await this.#running
    // One last attempt: the disk may have room again.
    this.#go()
    await this.#running
    this.#stopped = true
    this.#disarm()
    await this.saveHead()
    await this.#segments?.close()
    for (const { failed } of this.#waiting) failed(new RecordUnavailable(null))
  }

  #push(waiting: Waiting, delayMs: number): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost += 1
      waiting.failed(new RecordUnavailable(null))
      return
    }
    if (this.#waiting.length === 0) this.#behindSince = this.#options.clock()
    this.#waiting.push(waiting)
    if (this.#outage !== null || this.#running !== null || this.#stopped) return
    if (delayMs > 0) this.#timer ??= setTimeout(() => this.#go(), delayMs)
    else {
      // Not at once: calls of the same turn share one sync.
      this.#running = Promise.resolve().then(() => this.#run())
    }
  }

  #go(): void {
    this.#disarm()
    this.#running ??= this.#run()
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Writes until nobody waits any more or a write fails; what is only behind its request waits for the next batch. */
  async #run(): Promise<void> {
    this.#disarm()
    try {
      const segments = await this.#recovered()
      if (this.#outage !== null) await this.#resume(segments, this.#outage)
      do await this.#writeBatch(segments)
      while (this.#waiting.length > 0 && this.#awaited > 0)
    } catch (error) {
      this.#fail(error)
    }
    this.#running = null
    if (this.#waiting.length > 0 && this.#outage === null && !this.#stopped)
      this.#timer ??= setTimeout(() => this.#go(), BATCH_MS)
  }

  async #recovered(): Promise<Segments> {
    if (this.#segments !== null) return this.#segments
    const { dir, key, heads, clock, report } = this.#options
    const recovered = await recover({ dir, key, head: heads.load() })
    this.#segments = new Segments(
      { ...this.#options, saveHead: (head) => this.#heads.save(head) },
      recovered,
    )
    this.#waiting.unshift(...recovered.findings.map((found) => behind(damageNote(found, clock()))))
    for (const found of recovered.findings)
      report('error', `The record was not as it was left: ${found}.`)
    return this.#segments
  }

  async #writeBatch(segments: Segments): Promise<void> {
    if (this.#waiting.length === 0) return
    const entries = batchOf(this.#waiting, this.#options)
    await segments.write(entries)
    for (const { done } of this.#waiting.splice(0, entries.length)) done()
    this.#behindSince = this.#options.clock()
    if (this.#lost === 0) return
    this.#waiting.push(behind(lostNote(this.#lost, this.#options.clock())))
    this.#lost = 0
  }

  async #resume(segments: Segments, outage: Outage): Promise<void> {
    const { clock, report } = this.#options
    await segments.write([JSON.stringify(resumedNote(outage, clock()))])
    this.#outage = null
    report('info', 'The record can be written again.')
  }

  #fail(error: unknown): void {
    this.#failures += 1
    this.#waiting = afterFailure(this.#waiting, error)
    if (this.#outage === null) {
      this.#options.report('error', outageMessage(this.#options.dir, error))
      this.#outage = beginOutage(this.#options.clock())
    }
    if (this.#stopped) return
    this.#timer = setTimeout(() => this.#go(), nextAttempt(this.#outage)).unref()
  }
}
