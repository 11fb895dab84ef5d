/** Remembers which idempotency key made which run, so that a client that asks again gets the same run. */
import { hash } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import type { Submitted } from './submit.ts'

const KEPT_MS = 300_000
export const KEPT_ENTRIES = 1000

interface Entry {
  /** SHA-256: a thousand long messages would fill the memory. */
  readonly message: string
  readonly at: number
  readonly submitted: Promise<Submitted>
  settled: boolean
}

export class RecentRuns {
  readonly #entries = new Map<string, Entry>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#entries.size
  }

  /** The run that this key made, `other-message` when it stood for something else, `null` when it is new. */
  find(key: string, message: string): Promise<Submitted> | 'other-message' | null {
    this.#forgetOld()
    const entry = this.#entries.get(key)
    if (entry === undefined) return null
    return entry.message === hash('sha256', message) ? entry.submitted : 'other-message'
  }

  /** Kept while the run goes on, and for {@link KEPT_MS} since it was asked for; a refused one not at all. */
  keep(key: string, message: string, submitted: Promise<Submitted>): void {
    const entry: Entry = {
      message: hash('sha256', message),
      at: this.#clock(),
      submitted,
      settled: false,
    }
    this.#entries.set(key, entry)
    const settle = (): void => {
      entry.settled = true
    }
    const forget = (): void => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    }
    submitted
      .then((result) => (result.kind === 'accepted' ? result.run.ended.then(settle) : forget()))
      .catch(forget)
  }

  /** Oldest first; a run that still goes on is never forgotten, and those are bounded elsewhere. */
  #forgetOld(): void {
    const tooOld = this.#clock() - KEPT_MS
    for (const [key, entry] of this.#entries) {
      if (entry.at > tooOld && this.#entries.size < KEPT_ENTRIES) return
      if (entry.settled) this.#entries.delete(key)
    }
  }
}
