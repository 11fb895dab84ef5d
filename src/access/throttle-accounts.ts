/** Counts wrong guesses a key, and locks the keys that made too many. Bounded; nothing live is ever pushed out. */
import { AgeTable } from './throttle-table.ts'
import { longestHoldMs, windowHoldMs, type GuessSettings } from './throttle-settings.ts'

/** Enough to outrun the one entry that a charge adds, and few enough that no charge pays for a flood. */
const EXPIRED_PER_CHARGE = 2

/** All times are those of one steady clock, in milliseconds. */
export class GuessAccounts {
  readonly #capacity: number
  #settings: GuessSettings
  /** Times of wrong guesses, oldest first; the table's order is that of each key's last one. */
  readonly #counts = new AgeTable<number[]>()
  /** Ends of locks. In order, because every lock lasts equally long and `configure` shortens the longer ones. */
  readonly #locks = new AgeTable<number>()

  constructor(capacity: number, settings: GuessSettings) {
    this.#capacity = capacity
    this.#settings = settings
  }

  /** Keys in memory, some of which may have expired. */
  get size(): number {
    return this.#counts.size + this.#locks.size
  }

  /** Milliseconds that the key is held; 0 for a counted key that may guess, `null` for an unknown one. */
  heldForMs(key: string, now: number): number | null {
    const until = this.#locks.get(key)
    if (until !== undefined && until > now) return until - now
    const times = this.#counts.get(key)
    if (times === undefined || this.#forgotten(times, now)) return null
    return this.#windowHoldMs(times, now)
  }

  /** Wrong guesses that the key may still make; all of them when it is unknown. */
  attemptsLeft(key: string, now: number): number {
    const { maxAttempts, windowMs } = this.#settings
    const times = this.#counts.get(key) ?? []
    return maxAttempts - times.filter((at) => at > now - windowMs).length
  }

  /** A key that is not counted yet can be. */
  hasRoom(now: number): boolean {
    return (
      this.size < this.#capacity || this.#oldestCountExpired(now) || this.#oldestLockExpired(now)
    )
  }

  /** Counts one wrong guess of a known key, or of a new one when there is room. The end of the hold it created, else `null`; nothing happens to a held key. */
  charge(key: string, now: number): number | null {
    if ((this.heldForMs(key, now) ?? 0) > 0) return null
    this.#dropExpired(now)
    this.#locks.delete(key)
    const times = this.#counts.get(key) ?? []
    dropUpTo(times, now - this.#settings.windowMs)
    times.push(now)
    if (times.length >= this.#settings.maxAttempts && this.#settings.lockoutMs > 0)
      return this.#lock(key, now)
    this.#counts.append(key, times)
    const heldMs = this.#windowHoldMs(times, now)
    return heldMs > 0 ? now + heldMs : null
  }

  /** After a success. A held key stays held: time and operators end a hold, nobody else. */
  clear(key: string, now: number): void {
    if (this.#counts.size === 0) return
    const times = this.#counts.get(key)
    if (times === undefined || this.#windowHoldMs(times, now) > 0) return
    this.#counts.delete(key)
  }

  /** By an operator: the count and the lock are gone. Whether the key was held. */
  release(key: string, now: number): boolean {
    const held = (this.heldForMs(key, now) ?? 0) > 0
    this.#counts.delete(key)
    this.#locks.delete(key)
    return held
  }

  releaseAll(now: number): number {
    const released = this.holds(now).length
    this.#counts.clear()
    this.#locks.clear()
    return released
  }

  /** Every key that is held now, and until when. */
  holds(now: number): readonly { readonly key: string; readonly until: number }[] {
    const locked = this.#locks.all().map(({ key, value }) => ({ key, until: value }))
    const counted = this.#counts.all()
    const slowed = counted.map(({ key, value }) => ({
      key,
      until: now + this.#windowHoldMs(value, now),
    }))
    return [...locked, ...slowed].filter(({ until }) => until > now)
  }

  /** Puts back a lock of an earlier run; to be called in the order of their ends, before any charge. */
  restore(key: string, until: number): void {
    if (this.size < this.#capacity || this.#locks.get(key) !== undefined)
      this.#locks.append(key, until)
  }

  /** From now on. Counts stay; no lock lasts longer than a new one would. */
  configure(settings: GuessSettings, now: number): void {
    for (const { key, value } of this.#counts.all()) {
      dropUpTo(value, now - this.#settings.windowMs)
      if (value.length === 0) this.#counts.delete(key)
    }
    const latest = now + longestHoldMs(settings)
    for (const { key, value } of this.#locks.all()) this.#locks.append(key, Math.min(value, latest))
    this.#settings = settings
  }

  #lock(key: string, now: number): number {
    const until = now + this.#settings.lockoutMs
    this.#counts.delete(key)
    this.#locks.append(key, until)
    return until
  }

  #windowHoldMs(times: readonly number[], now: number): number {
    const { maxAttempts, windowMs } = this.#settings
    return windowHoldMs(times, { most: maxAttempts, windowMs }, now)
  }

  #forgotten(times: readonly number[], now: number): boolean {
    const last = times[times.length - 1]
    return last === undefined || last + this.#settings.windowMs <= now
  }

  #oldestCountExpired(now: number): boolean {
    const oldest = this.#counts.oldest()
    return oldest !== null && this.#forgotten(oldest.value, now)
  }

  #oldestLockExpired(now: number): boolean {
    const oldest = this.#locks.oldest()
    return oldest !== null && oldest.value <= now
  }

  #dropExpired(now: number): void {
    for (let n = 0; n < EXPIRED_PER_CHARGE; n += 1) {
      if (this.#oldestCountExpired(now)) dropOldest(this.#counts)
      if (this.#oldestLockExpired(now)) dropOldest(this.#locks)
    }
  }
}

function dropOldest<Value>(table: AgeTable<Value>): void {
  const oldest = table.oldest()
  if (oldest !== null) table.delete(oldest.key)
}

/** At most `maxAttempts` of them. */
function dropUpTo(times: number[], end: number): void {
  const kept = times.findIndex((time) => time > end)
  times.splice(0, kept === -1 ? times.length : kept)
}
