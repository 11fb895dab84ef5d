/** Wrong guesses are counted, locked and forgotten as SPEC 2.4 says. */
import { describe, expect, test } from 'vitest'
import { canonicalAddress } from '../core/address.ts'
import type { GuessSettings } from './throttle-settings.ts'
import { S0, S1, started, WALL } from './throttle.fixture.ts'
import { Throttle } from './throttle.ts'

test('how many are held is told by class, those that hold no more left out', () => {
  const { throttle, guess, wait } = started()
  guess('192.0.2.1', 10)
  guess('192.0.2.2', 10)
  guess('192.0.2.2', 10, 'api-key')
  guess('192.0.2.3', 9)
  const held = () => [throttle.held().get('shared'), throttle.held().get('api-key')]
  expect(held()).toEqual([2, 1])
  expect(throttle.held().get('device')).toBe(0)
  wait(300_000)
  expect(held()).toEqual([0, 0])
})

describe('counting and locking', () => {
  test('R23: the tenth wrong guess locks for five minutes, the ninth does not', () => {
    const { guess, held } = started()
    expect(guess('192.0.2.1', 9).locked).toBe(false)
    expect(held('192.0.2.1')).toBe(0)
    expect(guess('192.0.2.1')).toMatchObject({ locked: true, until: WALL + 300_000 })
    expect(held('192.0.2.1')).toBe(300_000)
  })

  test('the lock ends to the millisecond, and the count starts at zero', () => {
    const { guess, held, wait } = started()
    guess('192.0.2.1', 10)
    wait(299_999)
    expect(held('192.0.2.1')).toBe(1)
    wait(1)
    expect(held('192.0.2.1')).toBe(0)
    expect(guess('192.0.2.1', 9).locked).toBe(false)
    expect(guess('192.0.2.1').locked).toBe(true)
  })

  test('R31: locked attempts neither extend the lock nor write to the journal', () => {
    const { guess, held, wait, lines } = started()
    guess('192.0.2.1', 10)
    wait(200_000)
    expect(guess('192.0.2.1', 500)).toEqual({ locked: true, until: WALL + 300_000, durable: null })
    expect(held('192.0.2.1')).toBe(100_000)
    expect(lines).toHaveLength(1)
  })

  test('guesses leave the window one by one', () => {
    const { guess, wait } = started()
    guess('192.0.2.1', 5)
    wait(59_999)
    guess('192.0.2.1', 4)
    wait(1)
    expect(guess('192.0.2.1', 5).locked).toBe(false)
    expect(guess('192.0.2.1').locked).toBe(true)
  })

  test('a lockout of 0 is a sliding window: held until the oldest guess leaves it (S0)', () => {
    const { guess, held, wait } = started(S0)
    guess('192.0.2.1', 5)
    wait(10_000)
    expect(guess('192.0.2.1', 14).locked).toBe(false)
    expect(guess('192.0.2.1')).toMatchObject({ locked: true, until: WALL + 60_000 })
    expect(held('192.0.2.1')).toBe(50_000)
    wait(50_000)
    expect(held('192.0.2.1')).toBe(0)
    expect(guess('192.0.2.1', 4).locked).toBe(false)
    expect(guess('192.0.2.1').locked).toBe(true)
    expect(held('192.0.2.1')).toBe(10_000)
  })

  test('success clears its class and address alone', () => {
    const { throttle, guess, held } = started()
    for (const [address, cls] of [
      ['192.0.2.1', 'shared'],
      ['192.0.2.1', 'api-key'],
      ['192.0.2.2', 'shared'],
    ] as const) {
      guess(address, 9, cls)
    }
    throttle.clear('192.0.2.1', 'shared')
    guess('192.0.2.1')
    guess('192.0.2.1', 1, 'api-key')
    guess('192.0.2.2')
    expect([held('192.0.2.1'), held('192.0.2.1', 'api-key'), held('192.0.2.2')]).toEqual([
      0, 300_000, 300_000,
    ])
  })

  test('success lifts no lock and no full window', () => {
    for (const settings of [S1, S0]) {
      const { throttle, guess, held } = started(settings)
      guess('192.0.2.1', settings.maxAttempts)
      const before = held('192.0.2.1')
      throttle.clear('192.0.2.1', 'shared')
      expect([held('192.0.2.1'), before > 0]).toEqual([before, true])
    }
  })

  test('R24: nothing but address and class decides: unguessable secrets count and are held alike', () => {
    const { guess, held } = started()
    guess('192.0.2.1', 5, 'shared', true)
    guess('192.0.2.1', 5, 'shared', false)
    expect([held('192.0.2.1', 'shared', true), held('192.0.2.1', 'shared', false)]).toEqual([
      300_000, 300_000,
    ])
  })

  test.each<{ first: string; second: string; shared: boolean }>([
    { first: '::ffff:192.0.2.1', second: '192.0.2.1', shared: true },
    { first: '2001:db8::1', second: '2001:0DB8:0:0:ffff::2', shared: true },
    { first: '2001:db8:0:0::1', second: '2001:db8:0:1::1', shared: false },
    { first: '192.0.2.1', second: '192.0.2.2', shared: false },
  ])('R26: $first and $second share a count: $shared', ({ first, second, shared }) => {
    const { guess, held } = started()
    guess(canonicalAddress(first) ?? '', 10)
    expect(held(canonicalAddress(second) ?? '') > 0).toBe(shared)
  })

  test('callers on this host are held to five wrong guesses a second in total, and never locked', () => {
    const { throttle, wait } = started()
    for (let n = 0; n < 4; n += 1) throttle.chargeLoopback()
    wait(400)
    expect(throttle.loopbackHeldForMs()).toBe(0)
    for (let n = 0; n < 50; n += 1) throttle.chargeLoopback()
    expect(throttle.loopbackHeldForMs()).toBe(600)
    wait(600)
    expect(throttle.loopbackHeldForMs()).toBe(0)
    expect(throttle.list()).toEqual([])
  })
})

describe('clocks', () => {
  test.each([-86_400_000, 86_400_000])(
    'setting the clock by %i ms neither lifts nor lengthens a lock',
    (jump) => {
      const { guess, held, time, wait } = started()
      guess('192.0.2.1', 10)
      time.wall += jump
      wait(100_000)
      expect(held('192.0.2.1')).toBe(200_000)
    },
  )

  test('after a restart with the clock set back no lock lasts longer than a new one would', () => {
    const { throttle, held } = started()
    throttle.restore([{ address: '192.0.2.1', class: 'shared', until: WALL + 86_400_000 }])
    expect(held('192.0.2.1')).toBe(300_000)
  })
})

describe('restart, operators, reload', () => {
  test('restored locks hold for what was left of them, shared buckets included', () => {
    const { throttle, held, guess, wait } = started(
      { maxAttempts: 3 },
      { addresses: 2, networks: 2 },
    )
    throttle.restore([
      { address: '203.0.0.0/16', class: 'shared', until: WALL + 9_000 },
      { address: '192.0.2.1', class: 'shared', until: WALL + 5_000 },
      { address: '192.0.2.9', class: 'shared', until: WALL },
    ])
    guess('192.0.2.2')
    expect([held('192.0.2.1'), held('203.0.113.1'), held('192.0.2.9')]).toEqual([5_000, 9_000, 0])
    wait(5_000)
    expect(held('192.0.2.1')).toBe(0)
  })

  test('the list names bucket, class and end, first who is let in first', () => {
    const { throttle, guess, wait } = started()
    guess('192.0.2.1', 10, 'api-key')
    wait(1_000)
    guess('2001:db8::1', 10)
    guess('192.0.2.3', 3)
    expect(throttle.list()).toEqual([
      { address: '192.0.2.1', class: 'api-key', until: WALL + 300_000 },
      { address: '2001:db8:0:0::/64', class: 'shared', until: WALL + 301_000 },
    ])
  })

  test.each<{ clear: string | undefined; released: number; left: readonly string[] }>([
    { clear: '192.0.2.1', released: 2, left: ['192.0.2.2', '2001:db8:0:0::/64'] },
    { clear: '2001:db8::77', released: 1, left: ['192.0.2.1', '192.0.2.1', '192.0.2.2'] },
    { clear: '2001:db8:0:0::/64', released: 1, left: ['192.0.2.1', '192.0.2.1', '192.0.2.2'] },
    {
      clear: '::ffff:192.0.2.2',
      released: 1,
      left: ['192.0.2.1', '192.0.2.1', '2001:db8:0:0::/64'],
    },
    {
      clear: '198.51.100.1',
      released: 0,
      left: ['192.0.2.1', '192.0.2.1', '192.0.2.2', '2001:db8:0:0::/64'],
    },
    { clear: undefined, released: 4, left: [] },
  ])('an operator who clears $clear lifts $released lock(s)', async ({ clear, released, left }) => {
    const { throttle, guess, lines } = started()
    guess('192.0.2.1', 10, 'api-key')
    for (const address of ['192.0.2.1', '192.0.2.2', '2001:db8::1']) guess(address, 10)
    const answer = throttle.release(clear)
    await answer.durable
    expect(answer.released).toBe(released)
    expect(
      throttle
        .list()
        .map(({ address }) => address)
        .sort(),
    ).toEqual(left)
    expect(lines.slice(4).every(({ kind }) => kind === 'release')).toBe(true)
    expect(lines.length).toBeGreaterThan(4)
  })

  test('clearing an address forgets its count, and opens the shared bucket it is held in', () => {
    const { throttle, guess, held } = started({ maxAttempts: 3 }, { addresses: 1, networks: 1 })
    guess('192.0.2.1', 2)
    guess('203.0.113.1', 3)
    throttle.release('203.0.113.1')
    throttle.release('192.0.2.1')
    expect(guess('192.0.2.1', 2).locked).toBe(false)
    expect(held('203.0.113.1')).toBe(0)
  })

  test('a longer lockout leaves locks as they were, a shorter one shortens them, also after a restart', () => {
    const { throttle, guess, held, lines } = started()
    guess('192.0.2.1', 10)
    throttle.configure({ ...S1, lockoutMs: 900_000 })
    expect(held('192.0.2.1')).toBe(300_000)
    throttle.configure({ ...S1, lockoutMs: 10_000 })
    expect(held('192.0.2.1')).toBe(10_000)
    expect(lines.at(-1)).toEqual({ kind: 'cap', until: WALL + 10_000 })
  })

  test('a lower limit holds whoever is above it until the window has moved on', () => {
    const { throttle, guess, held } = started()
    guess('192.0.2.1', 7)
    throttle.configure({ ...S1, maxAttempts: 5 })
    expect(held('192.0.2.1')).toBe(60_000)
  })

  test.each<Partial<GuessSettings>>([
    { maxAttempts: 0 },
    { maxAttempts: -1 },
    { maxAttempts: 101 },
    { maxAttempts: 1.5 },
    { maxAttempts: Number.NaN },
    { windowMs: 0 },
    { windowMs: -5 },
    { windowMs: Number.POSITIVE_INFINITY },
    { windowMs: 0.5 },
    { lockoutMs: -1 },
    { lockoutMs: Number.NaN },
  ])('R30: %o is refused and the old settings stay', (nonsense) => {
    const { throttle, guess } = started()
    const key = Object.keys(nonsense).join()
    expect(() => throttle.configure({ ...S1, ...nonsense })).toThrow(
      `gateway.auth.rateLimit.${key}`,
    )
    expect(() => started(nonsense)).toThrow(RangeError)
    expect(guess('192.0.2.1', 10)).toMatchObject({ locked: true, until: WALL + 300_000 })
  })

  test('a journal that cannot be written rejects for whoever waits; the lock holds', async () => {
    const append = async () => Promise.reject(new Error('disk full'))
    const throttle = new Throttle({
      settings: S1,
      steady: () => 0,
      wall: () => WALL,
      journal: { append },
    })
    const charges = Array.from({ length: 10 }, () =>
      throttle.charge('192.0.2.1', 'shared', { guessable: true }),
    )
    await expect(charges.at(-1)?.durable).rejects.toThrow('disk full')
    expect(throttle.heldForMs('192.0.2.1', 'shared', true)).toBe(300_000)
    throttle.configure({ ...S1, lockoutMs: 10_000 })
  })
})
