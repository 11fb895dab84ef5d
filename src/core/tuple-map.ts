/** A map whose keys are several strings, as many for each: looked up one after the other, so that no text is built for a look. */

interface Level<Value> {
  readonly below: Map<string, Level<Value>>
  value: Value | undefined
}

export class TupleMap<Value> {
  readonly #root: Level<Value> = level()
  #size = 0

  get size(): number {
    return this.#size
  }

  get(key: readonly string[]): Value | undefined {
    let at: Level<Value> | undefined = this.#root
    for (const part of key) {
      at = at.below.get(part)
      if (at === undefined) return undefined
    }
    return at.value
  }

  set(key: readonly string[], value: Value): void {
    let at = this.#root
    for (const part of key) {
      let next = at.below.get(part)
      if (next === undefined) {
        next = level()
        at.below.set(part, next)
      }
      at = next
    }
    if (at.value === undefined) this.#size += 1
    at.value = value
  }

  delete(key: readonly string[]): void {
    if (prune(this.#root, key, 0)) this.#size -= 1
  }

  /** In no order that means anything. */
  entries(): Generator<[readonly string[], Value]> {
    return walk(this.#root, [])
  }
}

function level<Value>(): Level<Value> {
  return { below: new Map(), value: undefined }
}

/** Whether there was one; levels that hold nothing any more go with it. */
function prune<Value>(at: Level<Value>, key: readonly string[], depth: number): boolean {
  const part = key[depth]
  if (part === undefined) {
    const known = at.value !== undefined
    at.value = undefined
    return known
  }
  const next = at.below.get(part)
  if (next === undefined) return false
  const known = prune(next, key, depth + 1)
  if (next.value === undefined && next.below.size === 0) at.below.delete(part)
  return known
}

function* walk<Value>(
  { value, below }: Level<Value>,
  key: readonly string[],
): Generator<[readonly string[], Value]> {
  if (value !== undefined) yield [key, value]
  for (const [part, next] of below) yield* walk(next, [...key, part])
}
