/** Requests a window: never more than the limit, and never much less. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RequestLimits, rateLimitHeaders } from './request-limits.ts'

const HOUR = 3_600_000

function started(capacity?: number) {
  const time = { now: 1_000 }
  return { time, limits: new RequestLimits(() => time.now, capacity) }
}

describe('one limit', () => {
  test('allows as many as it says, then refuses until the oldest has left the window', () => {
    const { limits, time } = started()
    expect(limits.take('api-key:slow', 3, HOUR)).toEqual({
      allowed: true,
      limit: 3,
      remaining: 2,
      resetMs: HOUR,
    })
    time.now += 600_000
    limits.take('api-key:slow', 3, HOUR)
    limits.take('api-key:slow', 3, HOUR)
    const refused = { allowed: false, limit: 3, remaining: 0, resetMs: HOUR - 600_000 }
    expect(limits.take('api-key:slow', 3, HOUR)).toEqual(refused)
    time.now += HOUR - 600_001
    expect(limits.take('api-key:slow', 3, HOUR)).toMatchObject({ allowed: false, resetMs: 1 })
    time.now += 1
    expect(limits.take('api-key:slow', 3, HOUR)).toMatchObject({ allowed: true, remaining: 0 })
  })

  test('refused requests do not count', () => {
    const { limits, time } = started()
    for (let n = 0; n < 50; n += 1) limits.take('ip:192.0.2.1', 2, HOUR)
    time.now += HOUR
    expect(limits.take('ip:192.0.2.1', 2, HOUR)).toMatchObject({ allowed: true, remaining: 1 })
  })

  test('keys do not touch each other', () => {
    const { limits } = started()
    limits.take('a', 1, HOUR)
    expect([limits.take('a', 1, HOUR).allowed, limits.take('b', 1, HOUR).allowed]).toEqual([
      false,
      true,
    ])
  })

  test.each([0, -1, Number.NaN])('a limit of %d allows nothing', (limit) => {
    expect(started().limits.take('a', limit, HOUR)).toMatchObject({ allowed: false, resetMs: HOUR })
  })

  test('a limit that was lowered by a reload counts what was used', () => {
    const { limits } = started()
    for (let n = 0; n < 5; n += 1) limits.take('a', 10, HOUR)
    expect(limits.take('a', 5, HOUR)).toMatchObject({ allowed: false, remaining: 0 })
    expect(limits.take('a', 6, HOUR)).toMatchObject({ allowed: true, remaining: 0 })
  })
})

test('no window ever holds more than the limit, and whoever is refused used it up a twentieth of a window ago at most', () => {
  const WINDOW = 1_000
  const steps = fc.array(fc.oneof(fc.constant(0), fc.nat(30), fc.nat(400)), {
    minLength: 300,
    maxLength: 500,
    size: 'max',
  })
  const seen = { takes: 0 }
  const property = fc.property(fc.integer({ min: 1, max: 30 }), steps, (limit, waits) => {
    const { limits, time } = started()
    const allowed: number[] = []
    for (const wait of waits) {
      seen.takes += 1
      time.now += wait
      const answer = limits.take('a', limit, WINDOW)
      if (answer.allowed) allowed.push(time.now)
      const within = (ms: number) => allowed.filter((at) => at > time.now - ms).length
      expect(within(WINDOW)).toBeLessThanOrEqual(limit)
      if (!answer.allowed) expect(within(WINDOW * 1.05 + 1)).toBeGreaterThanOrEqual(limit)
    }
  })
  fc.assert(property, { numRuns: 350 })
  expect(seen.takes).toBeGreaterThan(100_000)
})

describe('several limits', () => {
  test('the tightest answers', () => {
    const { limits } = started()
    const demands = [
      { key: 'ip:192.0.2.1', limit: 100 },
      { key: 'api-key:slow', limit: 3 },
    ]
    expect(limits.takeAll(demands, HOUR)).toMatchObject({ allowed: true, limit: 3, remaining: 2 })
  })

  test('a request that one of them refuses counts in none', () => {
    const { limits } = started()
    limits.take('b', 1, HOUR)
    for (let n = 0; n < 9; n += 1) {
      expect(
        limits.takeAll(
          [
            { key: 'a', limit: 1 },
            { key: 'b', limit: 1 },
          ],
          HOUR,
        ),
      ).toMatchObject({ allowed: false })
    }
    expect(limits.take('a', 1, HOUR).allowed).toBe(true)
  })

  test('without a limit there is nothing to say', () => {
    expect(started().limits.takeAll([], HOUR)).toBeNull()
  })
})

describe('bounds', () => {
  test('when full, the key that was quiet longest starts anew and no other', () => {
    const { limits, time } = started(3)
    for (const key of ['a', 'b', 'c']) limits.take(key, 1, HOUR)
    time.now += 1
    limits.take('d', 1, HOUR)
    expect(limits.size).toBe(3)
    expect(['b', 'c', 'd'].map((key) => limits.take(key, 1, HOUR).allowed)).toEqual([
      false,
      false,
      false,
    ])
    expect(limits.take('a', 1, HOUR).allowed).toBe(true)
  })

  test('keys whose window has passed leave', () => {
    const { limits, time } = started()
    for (let n = 0; n < 100; n += 1) limits.take(`ip:${n}`, 5, HOUR)
    time.now += HOUR
    for (let n = 0; n < 100; n += 1) limits.take('one', 1_000, HOUR)
    expect(limits.size).toBe(1)
  })
})

test('the headers are whole seconds, rounded up so that nobody comes too early', () => {
  expect(rateLimitHeaders({ allowed: false, limit: 3, remaining: 0, resetMs: 1_001 })).toEqual({
    'RateLimit-Limit': '3',
    'RateLimit-Remaining': '0',
    'RateLimit-Reset': '2',
  })
})
