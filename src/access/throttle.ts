/** Limits wrong guesses: counts them by address and class of credential, and locks who made too many (SPEC 2.4). */
import { guessBucket } from '../core/address.ts'
import type { Clock } from '../core/clock.ts'
import { GuessAccounts } from './throttle-accounts.ts'
import { GuessCrowd } from './throttle-crowd.ts'
import { accountKey, bucketsOf, CLASSES, EVERYBODY, lockOf } from './throttle-locks.ts'
import type { Lock, LockJournal, LockLine } from './throttle-locks.ts'
import { GuessRate } from './throttle-rate.ts'
import { guessSettingsProblem, longestHoldMs, type GuessSettings } from './throttle-settings.ts'
import type { CredentialClass, GuessLimits } from './types.ts'

export interface ThrottleOptions {
  readonly settings: GuessSettings
  /** Never jumps (`performance.now`): counts and locks are measured with it, so that setting the host's clock neither lengthens nor lifts one. */
  readonly steady: Clock
  /** Milliseconds since the epoch: what the journal and operators are told. */
  readonly wall: Clock
  readonly journal: LockJournal
  /** Addresses that are told apart, and networks once no more addresses can be; each once a class. */
  readonly capacity?: { readonly addresses: number; readonly networks: number }
}

/** What became of one wrong guess. */
export interface Charge {
  /** The caller may not guess now. */
  readonly locked: boolean
  /** End of that in milliseconds since the epoch; 0 when not locked. */
  readonly until: number
  /**
   * Only for the guess that created the hold: resolves when it is on disk, to be awaited before the
   * answer. When it rejects, answer all the same: the hold is in force, only a restart would lift it.
   */
  readonly durable: Promise<void> | null
}

const CAPACITY = { addresses: 100_000, networks: 4_096 }
/** Wrong guesses a second of all callers on this host that are never locked. */
const LOOPBACK_PER_SECOND = 5
const FREE: Charge = { locked: false, until: 0, durable: null }

/** In memory, bounded, O(1) a guess; what must survive a restart goes to the journal. Reads are for `authenticate`, writes for whoever settles its decision. */
export class Throttle implements GuessLimits {
  readonly #steady: Clock
  readonly #wall: Clock
  readonly #journal: LockJournal
  readonly #addresses: GuessAccounts
  readonly #crowd: GuessCrowd
  readonly #loopback = new GuessRate(LOOPBACK_PER_SECOND)
  #settings: GuessSettings

  /** Throws `RangeError` on settings that are no limit. */
  constructor({ settings, steady, wall, journal, capacity = CAPACITY }: ThrottleOptions) {
    refuseNonsense(settings)
    this.#steady = steady
    this.#wall = wall
    this.#journal = journal
    this.#settings = settings
    this.#addresses = new GuessAccounts(capacity.addresses, settings)
    this.#crowd = new GuessCrowd(capacity.networks, settings)
  }

  /** Keys in memory; those that expired leave a few at a time. */
  get size(): number {
    return this.#tables().reduce((sum, accounts) => sum + accounts.size, 0)
  }

  heldForMs(address: string, cls: CredentialClass, guessable: boolean): number {
    if (this.#addresses.size === 0) return 0
    return Math.ceil(this.#heldForMs({ address, cls, guessable }, this.#steady()))
  }

  attemptsLeft(address: string, cls: CredentialClass): number {
    return this.#addresses.attemptsLeft(accountKey(cls, guessBucket(address)), this.#steady())
  }

  loopbackHeldForMs(): number {
    return Math.ceil(this.#loopback.heldForMs(this.#steady()))
  }

  /** Counts one wrong guess, in the same turn as the comparison. Nothing happens to a caller that is held (R31). */
  charge(
    address: string,
    cls: CredentialClass,
    { guessable }: { readonly guessable: boolean },
  ): Charge {
    const now = this.#steady()
    const heldMs = this.#heldForMs({ address, cls, guessable }, now)
    if (heldMs > 0) return { locked: true, until: this.#wallTime(now + heldMs, now), durable: null }

    const key = accountKey(cls, guessBucket(address))
    const apart = this.#addresses.heldForMs(key, now) !== null || this.#addresses.hasRoom(now)
    if (!apart && !guessable) return FREE
    const charged = apart
      ? { key, until: this.#addresses.charge(key, now) }
      : this.#crowd.charge(address, cls, now)
    if (charged.until === null) return FREE

    const lock = lockOf(charged.key, this.#wallTime(charged.until, now))
    return { locked: true, until: lock.until, durable: this.#write([{ kind: 'lock', ...lock }]) }
  }

  /** Counts one wrong guess of a caller on this host that is never locked. */
  chargeLoopback(): void {
    this.#loopback.charge(this.#steady())
  }

  /** After a success with nothing wrong beside it. */
  clear(address: string, cls: CredentialClass): void {
    if (this.#addresses.size === 0) return
    this.#addresses.clear(accountKey(cls, guessBucket(address)), this.#steady())
  }

  /** How many are held now, by class. */
  held(): ReadonlyMap<CredentialClass, number> {
    const now = this.#steady()
    const counts = new Map<CredentialClass, number>(CLASSES.map((cls) => [cls, 0]))
    for (const accounts of this.#tables())
      for (const { key, until } of accounts.holds(now)) {
        const { class: cls } = lockOf(key, until)
        counts.set(cls, (counts.get(cls) ?? 0) + 1)
      }
    return counts
  }

  /** Who is held now; first who is let in first. */
  list(): readonly Lock[] {
    const now = this.#steady()
    const holds = this.#tables().flatMap((accounts) => accounts.holds(now))
    return holds
      .map(({ key, until }) => lockOf(key, this.#wallTime(until, now)))
      .sort((a, b) => a.until - b.until)
  }

  /**
   * By an operator: forgets the counts and lifts the locks of everybody, or of one address (or bucket
   * as `list` shows it) together with the shared buckets it could be held in. `released`: holds lifted.
   */
  release(address?: string): { readonly released: number; readonly durable: Promise<void> } {
    const now = this.#steady()
    if (address === undefined) {
      const released = this.#tables().reduce((sum, accounts) => sum + accounts.releaseAll(now), 0)
      return { released, durable: this.#write([{ kind: 'release', address: null }]) }
    }
    const buckets = bucketsOf(address)
    const accounts = buckets.flatMap((bucket) =>
      CLASSES.map((cls) => ({ bucket, key: accountKey(cls, bucket) })),
    )
    const released = accounts.filter(({ bucket, key }) =>
      this.#tableOf(bucket).release(key, now),
    ).length
    return {
      released,
      durable: this.#write(buckets.map((bucket) => ({ kind: 'release', address: bucket }))),
    }
  }

  /** Locks of an earlier run; before the first request. None lasts longer than a new one would, whatever the host's clock did meanwhile. */
  restore(locks: readonly Lock[]): void {
    const now = this.#steady()
    const wall = this.#wall()
    const longest = longestHoldMs(this.#settings)
    const live = locks.filter(({ until }) => until > wall).sort((a, b) => a.until - b.until)
    for (const { address, class: cls, until } of live) {
      this.#tableOf(address).restore(
        accountKey(cls, address),
        now + Math.min(until - wall, longest),
      )
    }
  }

  /** From now on. Counts and locks stay, but no lock outlasts what a new one would. Throws `RangeError`, and changes nothing, on settings that are no limit. */
  configure(settings: GuessSettings): void {
    refuseNonsense(settings)
    const now = this.#steady()
    for (const accounts of this.#tables()) accounts.configure(settings, now)
    const shorter = longestHoldMs(settings) < longestHoldMs(this.#settings)
    this.#settings = settings
    if (shorter)
      void this.#write([{ kind: 'cap', until: this.#wallTime(now + longestHoldMs(settings), now) }])
  }

  #heldForMs(
    caller: { address: string; cls: CredentialClass; guessable: boolean },
    now: number,
  ): number {
    const { address, cls, guessable } = caller
    const own = this.#addresses.heldForMs(accountKey(cls, guessBucket(address)), now)
    if (own !== null) return own
    if (!guessable || this.#addresses.hasRoom(now)) return 0
    return this.#crowd.heldForMs(address, cls, now)
  }

  #tables(): readonly GuessAccounts[] {
    return [this.#addresses, this.#crowd.networks, this.#crowd.everybody]
  }

  #tableOf(bucket: string): GuessAccounts {
    if (bucket === EVERYBODY) return this.#crowd.everybody
    return bucket.endsWith('/16') || bucket.endsWith('/48') ? this.#crowd.networks : this.#addresses
  }

  #wallTime(steady: number, now: number): number {
    return Math.ceil(this.#wall() + steady - now)
  }

  /** Whoever waits hears of a failure; it must not end the process where nobody does. */
  #write(lines: readonly LockLine[]): Promise<void> {
    const durable = Promise.all(lines.map((line) => this.#journal.append(line))).then(() => {})
    durable.catch(() => {})
    return durable
  }
}

function refuseNonsense(settings: GuessSettings): void {
  const problem = guessSettingsProblem(settings)
  if (problem !== null) throw new RangeError(problem)
}
