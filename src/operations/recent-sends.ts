/** Which idempotency keys sent what: whoever asks again is answered again, and nothing is sent twice. */
import { hash } from 'node:crypto'

const KEPT_MS = 300_000
const KEPT_ENTRIES = 1_000

export class RecentSends {
  readonly #entries = new Map<string, { readonly what: string; readonly at: number }>()

  /** `key`: whose, and which. `now`: milliseconds since the epoch. `other`: it stood for something else. */
  ask(key: string, what: string, now: number): 'new' | 'same' | 'other' {
    for (const [old, { at }] of this.#entries) {
      if (Math.abs(now - at) < KEPT_MS && this.#entries.size < KEPT_ENTRIES) break
      this.#entries.delete(old)
    }
    const entry = this.#entries.get(key)
    if (entry !== undefined) return entry.what === hash('sha256', what) ? 'same' : 'other'
    this.#entries.set(key, { what: hash('sha256', what), at: now })
    return 'new'
  }

  /** It was not sent after all. */
  forget(key: string): void {
    this.#entries.delete(key)
  }
}
