/** Allows alike: the first of a minute is written, further ones are only counted. */
import type { FoldedEntry } from './entries.ts'
import type { FoldKind } from './types.ts'

interface Count {
  more: number
}

type Counts = Map<string, Map<string, Map<string, Map<string, Count>>>>

/**
 * Asked for every allowed request, so it allocates nothing for one it has seen: four lookups in
 * nested maps, with strings that the caller holds anyway.
 */
export class Folding {
  readonly #capacity: number
  #counts: Counts = new Map()
  #size = 0
  #since: number

  constructor(capacity: number, now: number) {
    this.#capacity = capacity
    this.#since = now
  }

  get full(): boolean {
    return this.#size >= this.#capacity
  }

  /** When the counting began, in milliseconds since the epoch. */
  get since(): number {
    return this.#since
  }

  /** Whether one like it came before; counts it either way. */
  seen(kind: FoldKind): boolean {
    const { principal, client, operation, by } = kind
    const count = this.#counts.get(principal)?.get(client)?.get(operation)?.get(by)
    if (count === undefined) {
      this.#remember(kind)
      return false
    }
    count.more += 1
    return true
  }

  /** What was counted since the last call, and forgets it. */
  take(now: number): readonly FoldedEntry[] {
    const counts = this.#counts
    const at = this.#since
    this.#counts = new Map()
    this.#size = 0
    this.#since = now
    return [...folded(counts, { at, until: now })].filter(({ count }) => count > 0)
  }

  #remember({ principal, client, operation, by }: FoldKind): void {
    const clients = childOf(this.#counts, principal)
    childOf(childOf(clients, client), operation).set(by, { more: 0 })
    this.#size += 1
  }
}

function childOf<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const found = maps.get(key)
  if (found !== undefined) return found
  const made = new Map<string, Value>()
  maps.set(key, made)
  return made
}

function* folded(
  counts: Counts,
  span: { readonly at: number; readonly until: number },
): Generator<FoldedEntry> {
  for (const [principal, clients] of counts) {
    for (const [client, operations] of clients) {
      for (const [operation, credentials] of operations)
        yield* [...credentials].map(([by, { more }]) => ({
          kind: 'folded' as const,
          ...span,
          principal,
          client,
          operation,
          by,
          count: more,
        }))
    }
  }
}
