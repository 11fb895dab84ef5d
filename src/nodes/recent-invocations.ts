/** Remembers which idempotency key stands for which invocation, so that whoever asks again runs nothing twice. */
import type { Clock } from '../core/clock.ts'
import type { ActiveInvocation } from './active-invocation.ts'
import type { InvocationEnd } from './types.ts'

const KEPT_MS = 300_000
export const MOST_INVOCATIONS = 1_000
/** Characters of answers that are kept in all. */
export const MOST_KEPT_TEXT = 32 * 1024 * 1024

type Kept =
  | { readonly kind: 'active'; readonly invocation: ActiveInvocation }
  | { readonly kind: 'ended'; readonly end: InvocationEnd; readonly length: number }

interface Entry {
  /** SHA-256 of what was asked. */
  readonly digest: string
  readonly at: number
  kept: Kept
}

export class RecentInvocations {
  readonly #entries = new Map<string, Entry>()
  readonly #clock: Clock
  #length = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#entries.size
  }

  /** What this key stands for, `other` when for something else, `null` when it is new. */
  find(key: string, digest: string): Kept | 'other' | null {
    this.#forgetOld()
    const entry = this.#entries.get(key)
    if (entry === undefined) return null
    return entry.digest === digest ? entry.kept : 'other'
  }

  /** `false`: as many go on as may. */
  hasRoom(): boolean {
    return this.#entries.size < MOST_INVOCATIONS
  }

  keep(key: string, digest: string, invocation: ActiveInvocation): void {
    const entry: Entry = { digest, at: this.#clock(), kept: { kind: 'active', invocation } }
    this.#entries.set(key, entry)
    void invocation.ended.then((end) => this.#settle(entry, end))
  }

  /** It ran: that much is remembered, even where its answer is too large to be. */
  #settle(entry: Entry, end: InvocationEnd): void {
    const length = end.kind === 'done' ? (end.payloadJSON?.length ?? 0) : 0
    const fits = this.#length + length <= MOST_KEPT_TEXT
    entry.kept = fits
      ? { kind: 'ended', end, length }
      : { kind: 'ended', end: { kind: 'not-kept' }, length: 0 }
    this.#length += fits ? length : 0
  }

  /** Oldest first; what still goes on is never forgotten. */
  #forgetOld(): void {
    const tooOld = this.#clock() - KEPT_MS
    for (const [key, { at, kept }] of this.#entries) {
      if (at > tooOld && this.#entries.size < MOST_INVOCATIONS) return
      if (kept.kind === 'active') continue
      this.#entries.delete(key)
      this.#length -= kept.length
    }
  }
}
