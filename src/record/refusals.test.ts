import { expect, test } from 'vitest'
import { refusedEntry } from './record.fixture.ts'
import { Refusals } from './refusals.ts'

test('guesses and other refusals have fifty a second each', () => {
  const refusals = new Refusals(0)
  const admitted = (failures: boolean) =>
    Array.from({ length: 80 }, () =>
      refusals.admit(refusedEntry('a-1', failures ? {} : { failures: [] })),
    ).filter(Boolean)
  expect(admitted(true)).toHaveLength(50)
  expect(admitted(false)).toHaveLength(50)
  refusals.take(1000)
  expect(admitted(true)).toHaveLength(50)
})

test('the second ends by the clock, also when that was set back', () => {
  const refusals = new Refusals(5000)
  expect(refusals.over(5999)).toBe(false)
  expect(refusals.over(6000)).toBe(true)
  expect(refusals.over(4999)).toBe(true)
})

test('R32: a summary is bounded in codes, clients and ids, and counts all the same', () => {
  const refusals = new Refusals(0)
  for (let index = 0; index < 60_000; index += 1) {
    const code = index % 3 === 0 ? `code${index}` : 'token_mismatch'
    refusals.add(refusedEntry(`p-${(index * 2).toString(36)}`, { code, client: `c${index}` }))
  }
  const summary = refusals.take(1000)
  expect(summary).toMatchObject({
    count: 60_000,
    otherClients: 59_980,
    unlisted: 10_000,
    at: 0,
    until: 1000,
  })
  expect(Object.keys(summary?.codes ?? {})).toHaveLength(65)
  expect(summary?.codes['token_mismatch']).toMatchObject({ count: 40_000 })
  expect(summary?.codes['other']).toMatchObject({ count: 60_000 - 40_000 - 63 })
  expect(JSON.stringify(summary).length).toBeLessThan(400_000)
  expect(refusals.take(2000)).toBeNull()
})
