/** Who used which shared secret, and when: what a rotation asks before the old one goes (SPEC 2.9). */
import { TupleMap } from '../core/tuple-map.ts'

/** One client of one shared secret. Holds no secret. */
export interface SecretUse {
  /** As people are shown it: `sha256:1a2b3c4d`. */
  readonly fingerprint: string
  readonly address: string
  /** `kind:id`. */
  readonly principal: string
  /** What the client calls itself: a User-Agent, a WebSocket client id; `''` when it says nothing. Decides nothing. */
  readonly client: string
  /** Id of the device that it came with; `''` without one. */
  readonly device: string
  /** Milliseconds since the epoch. */
  readonly firstAt: number
  readonly lastAt: number
  readonly uses: number
}

/** One client of one secret. */
export type SecretUser = Pick<
  SecretUse,
  'fingerprint' | 'address' | 'principal' | 'client' | 'device'
>

/** Where uses survive a restart. Written behind the requests; `storage/` implements it. */
export interface SecretUseStore {
  load(): Promise<readonly SecretUse[]>
  /** Adds or replaces by fingerprint, address, principal and client. */
  save(uses: readonly SecretUse[]): Promise<void>
  remove(uses: readonly SecretUse[]): Promise<void>
}

interface Entry extends SecretUser {
  firstAt: number
  lastAt: number
  uses: number
  dirty: boolean
}

/** How many clients are told apart. More than these still count towards {@link SecretUsage.lastUsedAt}. */
const MAX_CLIENTS = 10_000
const MAX_CLIENT_NAME = 100
/** Entries looked at to find an idle one when the table is full: bounded, so that a use costs the same in any state. */
const EVICTION_LOOKS = 8

/** In memory, bounded, O(1) a use; {@link SecretUsage.flush} writes what changed. */
export class SecretUsage {
  readonly #limit: number
  readonly #index = new TupleMap<Entry>()
  /** The oldest first. */
  readonly #entries = new Set<Entry>()
  readonly #lastUsed = new Map<string, number>()
  readonly #changed = new Set<Entry>()
  readonly #dropped = new Set<Entry>()

  constructor(limit: number = MAX_CLIENTS) {
    this.#limit = limit
  }

  /** One successful request, or one accepted `connect`, with a shared secret. */
  saw(user: SecretUser, at: number): void {
    // Not the later of the two: a clock that once ran ahead would keep a token in use for years.
    this.#lastUsed.set(user.fingerprint, at)
    const client = user.client.slice(0, MAX_CLIENT_NAME)
    const entry = this.#index.get(keyOf(user, client)) ?? this.#add({ ...user, client }, at)
    entry.lastAt = at
    entry.uses += 1
    if (entry.dirty) return
    entry.dirty = true
    this.#changed.add(entry)
  }

  list(): readonly SecretUse[] {
    return [...this.#entries].map(frozen)
  }

  /** Counts clients that {@link SecretUsage.list} had no room for, too. `null`: never, as far as is known. */
  lastUsedAt(fingerprint: string): number | null {
    return this.#lastUsed.get(fingerprint) ?? null
  }

  /** Forgets every use of a secret that is gone. */
  forget(fingerprint: string): void {
    this.#lastUsed.delete(fingerprint)
    for (const entry of this.#entries) {
      if (entry.fingerprint === fingerprint) this.#drop(entry)
    }
  }

  /** What an earlier run of the gateway saw. */
  async restore(store: SecretUseStore): Promise<void> {
    for (const use of await store.load()) {
      this.#lastUsed.set(
        use.fingerprint,
        Math.max(use.lastAt, this.lastUsedAt(use.fingerprint) ?? 0),
      )
      const known = this.#index.get(keyOf(use, use.client))
      if (known === undefined && this.#entries.size < this.#limit) {
        this.#keep({ ...use, dirty: false })
      } else if (known !== undefined) {
        known.firstAt = Math.min(known.firstAt, use.firstAt)
        known.uses += use.uses
      }
    }
  }

  /** Writes what changed since the last time. Rejects as the store does; nothing is lost then, the next flush tries again. */
  async flush(store: SecretUseStore): Promise<void> {
    const changed = [...this.#changed]
    const dropped = [...this.#dropped]
    this.#changed.clear()
    this.#dropped.clear()
    for (const entry of changed) entry.dirty = false
    try {
      if (dropped.length > 0) await store.remove(dropped.map(frozen))
      if (changed.length > 0) await store.save(changed.map(frozen))
    } catch (error) {
      for (const entry of changed) this.#again(entry)
      for (const entry of dropped) this.#dropped.add(entry)
      throw error
    }
  }

  #again(entry: Entry): void {
    entry.dirty = true
    this.#changed.add(entry)
  }

  #add({ fingerprint, address, principal, client, device }: SecretUser, at: number): Entry {
    if (this.#entries.size >= this.#limit) this.#evict()
    const entry = {
      fingerprint,
      address,
      principal,
      client,
      device,
      firstAt: at,
      lastAt: at,
      uses: 0,
      dirty: false,
    }
    this.#keep(entry)
    return entry
  }

  #keep(entry: Entry): void {
    this.#index.set(keyOf(entry, entry.client), entry)
    this.#entries.add(entry)
  }

  /** The idlest of the few oldest; the busy ones go to the back of the queue. */
  #evict(): void {
    const oldest = this.#oldest()
    const idlest = oldest.reduce((a, b) => (b.lastAt < a.lastAt ? b : a))
    for (const entry of oldest) {
      this.#entries.delete(entry)
      if (entry !== idlest) this.#entries.add(entry)
    }
    this.#drop(idlest)
  }

  #oldest(): Entry[] {
    const oldest: Entry[] = []
    for (const entry of this.#entries) {
      if (oldest.push(entry) === EVICTION_LOOKS) break
    }
    return oldest
  }

  #drop(entry: Entry): void {
    this.#index.delete(keyOf(entry, entry.client))
    this.#entries.delete(entry)
    this.#changed.delete(entry)
    this.#dropped.add(entry)
  }
}

function keyOf(
  { fingerprint, address, principal, device }: SecretUser,
  client: string,
): readonly string[] {
  return [fingerprint, address, principal, device, client]
}

function frozen({
  fingerprint,
  address,
  principal,
  client,
  device,
  firstAt,
  lastAt,
  uses,
}: Entry): SecretUse {
  return { fingerprint, address, principal, client, device, firstAt, lastAt, uses }
}
