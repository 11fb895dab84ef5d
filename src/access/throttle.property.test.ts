/** The limiter against a naive reading of SPEC 2.4: lists and loops, written without looking at it. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GuessSettings } from './throttle-settings.ts'
import { Throttle } from './throttle.ts'
import type { CredentialClass } from './types.ts'

const CAPACITY = { addresses: 5, networks: 2 }
const ADDRESSES = [
  '203.0.113.1',
  '203.0.113.2',
  '203.0.9.9',
  '198.51.100.1',
  '198.51.100.2',
  '192.0.2.1',
  '2001:db8:1:1::1',
  '2001:db8:1:1::2',
  '2001:db8:1:2::1',
  '2001:db8:2:1::1',
]
/** Written by hand, so that a mistake in the buckets is not repeated here. */
const NARROW = new Map([
  ['2001:db8:1:1::1', '2001:db8:1:1::/64'],
  ['2001:db8:1:1::2', '2001:db8:1:1::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:db8:2:1::1', '2001:db8:2:1::/64'],
])
const WIDE = new Map([
  ['203.0.113.1', '203.0.0.0/16'],
  ['203.0.113.2', '203.0.0.0/16'],
  ['203.0.9.9', '203.0.0.0/16'],
  ['198.51.100.1', '198.51.0.0/16'],
  ['198.51.100.2', '198.51.0.0/16'],
  ['192.0.2.1', '192.0.0.0/16'],
  ['2001:db8:1:1::1', '2001:db8:1::/48'],
  ['2001:db8:1:1::2', '2001:db8:1::/48'],
  ['2001:db8:1:2::1', '2001:db8:1::/48'],
  ['2001:db8:2:1::1', '2001:db8:2::/48'],
])

interface Guess {
  readonly tier: number
  readonly key: string
  readonly at: number
}
interface Held {
  readonly tier: number
  readonly key: string
  until: number
}

class NaiveLimits {
  guesses: Guess[] = []
  locks: Held[] = []
  crowd: number[] = []
  loopback: number[] = []
  settings: GuessSettings

  constructor(settings: GuessSettings) {
    this.settings = settings
  }

  live(tier: number, now: number): string[] {
    const guessed = this.guesses.filter(
      (g) => g.tier === tier && now < g.at + this.settings.windowMs,
    )
    const locked = this.locks.filter((l) => l.tier === tier && now < l.until)
    return [...new Set([...guessed.map((g) => g.key), ...locked.map((l) => l.key)])]
  }

  held(tier: number, key: string, now: number): number {
    const lock = this.locks.find((l) => l.tier === tier && l.key === key && now < l.until)
    if (lock !== undefined) return lock.until - now
    const times = this.guesses
      .filter((g) => g.tier === tier && g.key === key && now < g.at + this.settings.windowMs)
      .map((g) => g.at)
    if (times.length < this.settings.maxAttempts) return 0
    const recent = times.slice(-this.settings.maxAttempts)
    return Math.min(...recent) + this.settings.windowMs - now
  }

  place(address: string, cls: string, now: number): { tier: number; key: string } {
    const narrow = `${cls} ${NARROW.get(address) ?? address}`
    const wide = `${cls} ${WIDE.get(address)}`
    const addresses = this.live(0, now)
    if (addresses.includes(narrow) || addresses.length < CAPACITY.addresses)
      return { tier: 0, key: narrow }
    const networks = this.live(1, now)
    if (networks.includes(wide) || networks.length < CAPACITY.networks)
      return { tier: 1, key: wide }
    return { tier: 2, key: `${cls} *` }
  }

  heldForMs(address: string, cls: string, guessable: boolean, now: number): number {
    const { tier, key } = this.place(address, cls, now)
    if (tier === 0) return this.held(tier, key, now)
    if (!guessable) return 0
    return Math.max(this.held(tier, key, now), rateHeld(this.crowd, 10, now))
  }

  /** The end of the hold that the guess created. */
  charge(address: string, cls: string, guessable: boolean, now: number): number | null {
    if (this.heldForMs(address, cls, guessable, now) > 0) return null
    const { tier, key } = this.place(address, cls, now)
    if (tier > 0 && !guessable) return null
    if (tier > 0) this.crowd.push(now)
    this.guesses.push({ tier, key, at: now })
    if (this.held(tier, key, now) === 0) return null
    if (this.settings.lockoutMs > 0) {
      this.guesses = this.guesses.filter((g) => g.tier !== tier || g.key !== key)
      this.locks.push({ tier, key, until: now + this.settings.lockoutMs })
    }
    return now + this.held(tier, key, now)
  }

  clear(address: string, cls: string, now: number): void {
    const key = `${cls} ${NARROW.get(address) ?? address}`
    if (this.held(0, key, now) > 0) return
    this.guesses = this.guesses.filter((g) => g.tier !== 0 || g.key !== key)
  }

  release(address: string | undefined): void {
    const buckets = [NARROW.get(address ?? '') ?? address, WIDE.get(address ?? ''), '*']
    const meant = (key: string) => address === undefined || buckets.includes(key.split(' ')[1])
    this.guesses = this.guesses.filter((g) => !meant(g.key))
    this.locks = this.locks.filter((l) => !meant(l.key))
  }

  configure(settings: GuessSettings, now: number): void {
    this.guesses = this.guesses.filter((g) => now < g.at + this.settings.windowMs)
    const longest = settings.lockoutMs > 0 ? settings.lockoutMs : settings.windowMs
    for (const lock of this.locks) lock.until = Math.min(lock.until, now + longest)
    this.settings = settings
  }

  list(now: number): string[] {
    const keys = [0, 1, 2].flatMap((tier) => this.live(tier, now).map((key) => ({ tier, key })))
    const held = keys.map(({ tier, key }) => ({ key, ms: this.held(tier, key, now) }))
    return held
      .filter(({ ms }) => ms > 0)
      .map(({ key, ms }) => `${key} ${now + ms}`)
      .sort()
  }
}

function rateHeld(times: readonly number[], most: number, now: number): number {
  const last = times.filter((t) => now < t + 1_000)
  return last.length < most ? 0 : Math.min(...last.slice(-most)) + 1_000 - now
}

const address = fc.constantFrom(...ADDRESSES)
const cls = fc.constantFrom<CredentialClass>('shared', 'api-key')
const settings = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 4 }),
  windowMs: fc.constantFrom(1, 50, 400, 3_000),
  lockoutMs: fc.constantFrom(0, 0, 1, 80, 900, 5_000),
})
const guess = fc.record({
  kind: fc.constant('guess' as const),
  address,
  cls,
  guessable: fc.boolean(),
})
const step = fc.oneof(
  { weight: 12, arbitrary: guess },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat(5), fc.nat(120), fc.nat(2_000)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('success' as const), address, cls }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('local' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('release' as const),
      address: fc.option(address, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const), settings }) },
)

interface Pair {
  readonly throttle: Throttle
  readonly naive: NaiveLimits
  now: number
  journaled: number
}

function take(pair: Pair, what: typeof step extends fc.Arbitrary<infer Step> ? Step : never): void {
  const { throttle, naive } = pair
  switch (what.kind) {
    case 'wait':
      pair.now += what.ms
      return
    case 'guess': {
      const journaled = pair.journaled
      const heldMs = naive.heldForMs(what.address, what.cls, what.guessable, pair.now)
      const created = naive.charge(what.address, what.cls, what.guessable, pair.now)
      const charge = throttle.charge(what.address, what.cls, what)
      const until = heldMs > 0 ? pair.now + heldMs : (created ?? 0)
      expect([charge.locked, charge.until]).toEqual([until > 0, until])
      expect([charge.durable !== null, pair.journaled - journaled]).toEqual(
        created === null ? [false, 0] : [true, 1],
      )
      return
    }
    case 'success':
      naive.clear(what.address, what.cls, pair.now)
      return throttle.clear(what.address, what.cls)
    case 'local':
      if (rateHeld(naive.loopback, 5, pair.now) === 0) naive.loopback.push(pair.now)
      return throttle.chargeLoopback()
    case 'release':
      naive.release(what.address)
      throttle.release(what.address)
      return
    case 'reload':
      naive.configure(what.settings, pair.now)
      return throttle.configure(what.settings)
  }
}

test(
  'R24 R29 R31: the limiter agrees with a naive reading of SPEC 2.4 over random histories',
  { timeout: 120_000 },
  () => {
    const seen = { steps: 0, holds: 0, crowd: 0 }
    const history = fc.array(step, { minLength: 150, maxLength: 350, size: 'max' })
    const property = fc.property(settings, history, address, (start, steps, bystander) => {
      const naive = new NaiveLimits(start)
      const pair: Pair = {
        naive,
        now: 1_000_000,
        journaled: 0,
        throttle: new Throttle({
          settings: start,
          capacity: CAPACITY,
          steady: () => pair.now,
          wall: () => pair.now,
          journal: {
            append: async () => {
              pair.journaled += 1
            },
          },
        }),
      }
      for (const what of steps) {
        seen.steps += 1
        take(pair, what)
        for (const guessable of [true, false]) {
          const held = naive.heldForMs(bystander, 'shared', guessable, pair.now)
          expect(pair.throttle.heldForMs(bystander, 'shared', guessable)).toBe(held)
          if (held > 0) seen.holds += 1
        }
        expect(pair.throttle.loopbackHeldForMs()).toBe(rateHeld(naive.loopback, 5, pair.now))
        expect(pair.throttle.size).toBeLessThanOrEqual(CAPACITY.addresses + CAPACITY.networks + 6)
        const listed = pair.throttle.list().map((l) => `${l.class} ${l.address} ${l.until}`)
        expect(listed.sort()).toEqual(naive.list(pair.now))
        if (naive.place(bystander, 'shared', pair.now).tier > 0) seen.crowd += 1
      }
    })
    fc.assert(property, { numRuns: 500 })
    expect(seen.steps).toBeGreaterThan(100_000)
    expect(seen.holds).toBeGreaterThan(10_000)
    expect(seen.crowd).toBeGreaterThan(1_000)
  },
)
