/** The recorder: every decision of the gateway goes through here into `records/`. */
import { authLine, authSummaryLine } from './auth-lines.ts'
import { Folding } from './folding.ts'
import type { HeadStore } from './head.ts'
import { Journal, type RecordHealth } from './journal.ts'
import { Refusals } from './refusals.ts'
import type { FoldKind, NoteEntry, OpenedChange, Recorder, RequestEntry } from './types.ts'

export interface RecordOptions {
  /** `<stateDir>/records`; made when it is missing. */
  readonly dir: string
  /** Seals the head; kept outside `dir`. */
  readonly key: Buffer
  readonly heads: HeadStore
  /** `record.maxBytes`: of all files together. */
  readonly maxBytes: number
  readonly clock: () => number
  /** Redacts secrets in one entry's JSON, and leaves it JSON. */
  readonly scrub: (json: string) => string
  /** Tells the operator of an outage, or of damage found at the start. */
  readonly report: (level: 'error' | 'info', message: string) => void
  /** One `auth …` line for standard output. */
  readonly print: (line: string) => void
}

export interface OpenRecord extends Recorder {
  readonly health: RecordHealth
  /** Resolves when everything up to now, counts included, is on disk or cannot be. */
  flush(): Promise<void>
  /** Writes all that waits, saves the head and closes the files. */
  stop(): Promise<void>
}

/** A new file begins at this size, or earlier where the cap is small: only whole files can be dropped. */
const FILE_BYTES = 8 * 1024 * 1024
const FILES_AT_LEAST = 8
const FOLD_CAPACITY = 50_000
const MINUTE_MS = 60_000
/** Half of the second within which the head must follow. */
const TICK_MS = 500
/** Longer texts come from callers who play; the rest of a line is ours. */
const LONGEST_TEXT = 300

export async function openRecord(options: RecordOptions): Promise<OpenRecord> {
  const fileBytes = Math.min(FILE_BYTES, Math.ceil(options.maxBytes / FILES_AT_LEAST))
  const journal = new Journal({ ...options, fileBytes })
  await journal.start()
  return new FileRecorder(journal, options)
}

class FileRecorder implements OpenRecord {
  readonly #journal: Journal
  readonly #clock: () => number
  readonly #print: (line: string) => void
  readonly #folding: Folding
  readonly #refusals: Refusals
  readonly #ticks: NodeJS.Timeout

  constructor(journal: Journal, { clock, print }: RecordOptions) {
    this.#journal = journal
    this.#clock = clock
    this.#print = print
    this.#folding = new Folding(FOLD_CAPACITY, clock())
    this.#refusals = new Refusals(clock())
    this.#ticks = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  get writable(): boolean {
    return this.#journal.writable
  }

  get health(): RecordHealth {
    return this.#journal.health
  }

  fold(kind: FoldKind): boolean {
    if (this.#folding.full) this.#writeFolded(this.#clock())
    return this.#folding.seen(kind)
  }

  write(entry: RequestEntry): void {
    if (entry.outcome === 'allowed' && entry.failures.length === 0) {
      this.#journal.append({ kind: 'request', ...clipped(entry) })
      return
    }
    const now = this.#clock()
    if (this.#refusals.over(now)) this.#writeSummary(now)
    if (!this.#refusals.admit(entry)) {
      this.#refusals.add(entry)
      return
    }
    this.#journal.append({ kind: 'request', ...clipped(entry) })
    if (entry.outcome === 'refused') this.#print(authLine(entry))
  }

  note(entry: NoteEntry): void {
    this.#journal.append({ kind: 'note', ...entry })
  }

  async open(entry: RequestEntry): Promise<OpenedChange> {
    await this.#journal.commit({ kind: 'opened', ...clipped(entry) }, 'unless-refused')
    return { requestId: entry.requestId }
  }

  close(change: OpenedChange, outcome: 'done' | 'failed', code: string | null): Promise<void> {
    const entry = {
      kind: 'closed',
      requestId: change.requestId,
      at: this.#clock(),
      outcome,
      code,
    } as const
    return this.#journal.commit(entry, 'always')
  }

  flush(): Promise<void> {
    this.#writeSummary(this.#clock())
    return this.#journal.flush()
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticks)
    this.#writeSummary(this.#clock())
    this.#writeFolded(this.#clock())
    await this.#journal.stop()
  }

  #tick(): void {
    const now = this.#clock()
    if (this.#refusals.over(now)) this.#writeSummary(now)
    if (minuteOf(now) !== minuteOf(this.#folding.since)) this.#writeFolded(now)
    void this.#journal.saveHead()
  }

  #writeSummary(now: number): void {
    const summary = this.#refusals.take(now)
    if (summary === null) return
    this.#journal.append(summary)
    this.#print(authSummaryLine(summary))
  }

  #writeFolded(now: number): void {
    for (const folded of this.#folding.take(now)) this.#journal.append(folded)
  }
}

function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS)
}

/** The parts of an entry that a caller writes, held to a length. */
function clipped(entry: RequestEntry): RequestEntry {
  const { host, origin, principal, subject, trace } = entry
  return {
    ...entry,
    host: clip(host),
    origin: origin && clip(origin),
    principal: principal && clip(principal),
    ...(subject !== undefined && { subject: clip(subject) }),
    trace: trace.map((step) =>
      step.detail === null ? step : { ...step, detail: clip(step.detail) },
    ),
  }
}

function clip(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`
}
