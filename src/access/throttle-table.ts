/** Keyed entries in the order in which they were last written, so that the oldest is found without a search. */

interface Entry<Value> {
  readonly key: string
  value: Value
  older: Entry<Value> | null
  newer: Entry<Value> | null
}

/**
 * Every call costs the same at ten entries and at a hundred thousand.
 *
 * A `Map` keeps insertion order too, but finding its first entry walks over the holes that deletions
 * left at its front: under a flood that is a scan for every request.
 */
export class AgeTable<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  #oldest: Entry<Value> | null = null
  #newest: Entry<Value> | null = null

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value
  }

  /** Writes the entry and makes it the newest, whether or not it was there. */
  append(key: string, value: Value): void {
    const known = this.#entries.get(key)
    if (known !== undefined) this.#unlink(known)
    const entry = known ?? { key, value, older: null, newer: null }
    entry.value = value
    this.#link(entry)
    if (known === undefined) this.#entries.set(key, entry)
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#unlink(entry)
    return this.#entries.delete(key)
  }

  /** The entry that was written longest ago. */
  oldest(): { readonly key: string; readonly value: Value } | null {
    return this.#oldest
  }

  clear(): void {
    this.#entries.clear()
    this.#oldest = null
    this.#newest = null
  }

  /** Oldest first; a copy, so that entries may be changed meanwhile. For operators and reloads, never for a request. */
  all(): readonly { readonly key: string; readonly value: Value }[] {
    const found: Entry<Value>[] = []
    for (let entry = this.#oldest; entry !== null; entry = entry.newer) found.push(entry)
    return found.map(({ key, value }) => ({ key, value }))
  }

  #link(entry: Entry<Value>): void {
    entry.older = this.#newest
    entry.newer = null
    if (this.#newest === null) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
  }

  #unlink(entry: Entry<Value>): void {
    if (entry.older === null) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === null) this.#newest = entry.older
    else entry.newer.older = entry.older
  }
}
