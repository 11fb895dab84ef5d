import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { requestIds } from '../core/ids.ts'
import { encodeRanges, parseRequestId, rangesContain } from './id-ranges.ts'

test('runs of ids take little space', () => {
  expect(encodeRanges([5, 6, 7, 10])).toBe('5,3,2,1')
  expect(encodeRanges([0, 1])).toBe('0,2')
  expect(encodeRanges([])).toBe('')
  expect(
    encodeRanges(Array.from({ length: 100_000 }, (_, index) => index + 7)).length,
  ).toBeLessThan(10)
})

test('exactly the numbers that were put in are in it, in whatever order they came', () => {
  const numbers = fc.array(fc.nat(60), { maxLength: 40 })
  fc.assert(
    fc.property(numbers, (listed) => {
      const ranges = encodeRanges(listed)
      const found = Array.from({ length: 70 }, (_, index) => index).filter((index) =>
        rangesContain(ranges, index),
      )
      expect(found).toEqual([...new Set(listed)].sort((a, b) => a - b))
    }),
    { numRuns: 3000 },
  )
})

test('the ids that the gateway makes are taken apart, others are not', () => {
  const next = requestIds()
  const prefixes = new Set<string | undefined>()
  for (let index = 0; index < 100; index += 1) {
    const id = parseRequestId(next())
    expect(id?.number).toBe(index)
    prefixes.add(id?.prefix)
  }
  expect(prefixes.size).toBe(1)
  for (const id of [
    '',
    '-',
    'a',
    '-1',
    'a-',
    'a-01',
    'a-Z',
    'a-1.5',
    'a- 1',
    'a-9007199254740993000000',
  ]) {
    expect(parseRequestId(id), id).toBeNull()
  }
})
