/** The limiter stays bounded, flat and fair when more addresses guess than it can tell apart (SPEC 2.4). */
import { describe, expect, test, vi } from 'vitest'
import { started, WALL } from './throttle.fixture.ts'

describe('when the table is full', () => {
  const full = (networks = 10) => {
    const parts = started({ maxAttempts: 3 }, { addresses: 4, networks })
    for (const n of [1, 2, 3]) parts.guess(`192.0.2.${n}`)
    parts.guess('192.0.2.4', 3)
    return parts
  }

  test('R29: a flood pushes out neither a lock nor a count', () => {
    const { throttle, guess, held } = full()
    for (let n = 0; n < 5_000; n += 1) guess(`198.${n & 255}.${n >> 8}.1`, 1, 'shared', n % 2 === 0)
    expect(held('192.0.2.4')).toBe(300_000)
    guess('192.0.2.1', 2)
    expect(held('192.0.2.1')).toBe(300_000)
    expect(throttle.size).toBeLessThanOrEqual(4 + 10 + 6)
  })

  test('guessable secrets of unknown addresses share a bucket per /16, unguessable ones are compared', () => {
    const { throttle, guess, held } = full()
    guess('203.0.113.1', 2)
    expect(guess('203.0.1.1')).toMatchObject({ locked: true, until: WALL + 300_000 })
    expect([held('203.0.77.7'), held('203.0.77.7', 'shared', false), held('203.1.0.1')]).toEqual([
      300_000, 0, 0,
    ])
    expect(guess('203.0.77.7', 100, 'shared', false)).toEqual({
      locked: false,
      until: 0,
      durable: null,
    })
    expect(throttle.list().map(({ address }) => address)).toContain('203.0.0.0/16')
  })

  test('IPv6 networks are told apart by /48', () => {
    const { guess, held } = full()
    guess('2001:db8:1:1::1', 3)
    expect([held('2001:db8:1:2::1'), held('2001:db8:2::1')]).toEqual([300_000, 0])
  })

  test('ten wrong guesses a second are compared in all', () => {
    const { guess, held, wait } = full()
    for (let n = 0; n < 9; n += 1) guess(`198.${n}.0.1`)
    expect(held('203.0.113.1')).toBe(0)
    guess('198.9.0.1')
    expect(held('203.0.113.1')).toBe(1_000)
    expect(guess('203.0.113.1')).toMatchObject({ locked: true, durable: null })
    expect(held('203.0.113.1', 'shared', false)).toBe(0)
    wait(1_000)
    expect(held('203.0.113.1')).toBe(0)
  })

  test('beyond the networks there is one last bucket a class', () => {
    const { throttle, guess, held } = full(1)
    guess('198.51.100.1')
    guess('203.0.113.1', 1)
    guess('172.16.0.1', 1)
    guess('10.0.0.1', 1)
    expect(held('8.8.8.8')).toBe(300_000)
    expect(held('8.8.8.8', 'proxy')).toBe(0)
    expect(held('198.51.7.7')).toBe(0)
    expect(throttle.list().map(({ address }) => address)).toContain('*')
  })

  test('as soon as something expires, the next address is told apart again', () => {
    const { guess, held, wait } = full()
    guess('203.0.113.1', 3)
    wait(60_000)
    expect(held('203.0.113.1')).toBe(0)
    expect(guess('203.0.113.1', 2).locked).toBe(false)
    expect(guess('203.0.113.2', 2).locked).toBe(false)
  })
})

describe('flat cost', () => {
  const filled = (keys: number) => {
    const parts = started({}, { addresses: 100_000, networks: 10 })
    for (let n = 0; n < keys; n += 1) parts.guess(addressOf(n), n % 10 === 0 ? 10 : 1)
    return parts
  }
  const addressOf = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`

  /** How often the tables are touched: the work of a call, without a clock. */
  const touches = (work: () => void) => {
    const names = ['get', 'set', 'delete', 'has', 'keys', 'values', 'entries', 'forEach'] as const
    const spies = names.map((name) => vi.spyOn(Map.prototype, name))
    work()
    const counts = spies.map((spy) => spy.mock.calls.length)
    for (const spy of spies) spy.mockRestore()
    return counts.reduce((sum, count) => sum + count, 0)
  }

  test.each([10, 100_000])('R29: no call touches more than a few of %i keys', (keys) => {
    const { guess, held, throttle, wait } = filled(keys)
    const calls = [
      () => held('10.0.0.5'),
      () => held('172.16.0.1'),
      () => guess('10.0.0.5'),
      () => guess('172.16.0.1'),
      () => throttle.clear('10.0.0.5', 'shared'),
      () => throttle.clear('172.16.0.2', 'shared'),
    ]
    const live = calls.map(touches)
    wait(1_000_000)
    const before = throttle.size
    const expired = calls.map(touches)
    expect(Math.max(...live, ...expired)).toBeLessThanOrEqual(20)
    expect(before - throttle.size).toBeLessThanOrEqual(8)
    expect(throttle.size).toBeLessThan(before)
  })

  test('what expired leaves a few at a time until nothing is left of it', () => {
    const { guess, throttle, wait } = filled(1_000)
    wait(1_000_000)
    for (let n = 0; n < 600; n += 1) guess(`172.16.${n >> 8}.${n & 255}`)
    expect(throttle.size).toBe(600)
  })
})
