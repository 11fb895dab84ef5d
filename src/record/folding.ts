/** Allows alike: the first of a minute is written, further ones are only counted. */
import { TupleMap } from '../core/tuple-map.ts'
import type { FoldedEntry } from './entries.ts'
import type { FoldKind } from './types.ts'

interface Count {
  more: number
}

/** Asked for every allowed request, so it builds nothing for one it has seen: strings that the caller holds anyway are looked up. */
export class Folding {
  readonly #capacity: number
  #counts = new TupleMap<Count>()
  #since: number

  constructor(capacity: number, now: number) {
    this.#capacity = capacity
    this.#since = now
  }

  get full(): boolean {
    return this.#counts.size >= this.#capacity
  }

  /** When the counting began, in milliseconds since the epoch. */
  get since(): number {
    return this.#since
  }

  /** Whether one like it came before; counts it either way. */
  seen({ principal, client, operation, by }: FoldKind): boolean {
    const key = [principal, client, operation, by]
    const count = this.#counts.get(key)
    if (count === undefined) {
      this.#counts.set(key, { more: 0 })
      return false
    }
    count.more += 1
    return true
  }

  /** What was counted since the last call, and forgets it. */
  take(now: number): readonly FoldedEntry[] {
    const span = { at: this.#since, until: now }
    const counts = this.#counts
    this.#counts = new TupleMap()
    this.#since = now
    return [...counts.entries()].flatMap(
      ([[principal = '', client = '', operation = '', by = ''], { more }]) =>
        more === 0
          ? []
          : [{ kind: 'folded' as const, ...span, principal, client, operation, by, count: more }],
    )
  }
}
