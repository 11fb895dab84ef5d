import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TupleMap } from './tuple-map.ts'

const part = fc.constantFrom('', 'a', 'b', '\n', 'a\nb')
const key = fc.tuple(part, part, part)
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, value: fc.nat(9) }),
  fc.record({ do: fc.constant('delete' as const), key }),
)

test('it holds what a map by the whole key would hold, whatever stands in its parts', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const map = new TupleMap<number>()
      const plain = new Map<string, number>()
      for (const one of steps) {
        const whole = JSON.stringify(one.key)
        if (one.do === 'delete') {
          map.delete(one.key)
          plain.delete(whole)
        } else {
          map.set(one.key, one.value)
          plain.set(whole, one.value)
        }
        expect(map.size).toBe(plain.size)
        expect(map.get(one.key)).toBe(plain.get(whole))
      }
      const all = [...map.entries()].map(([parts, value]) => [JSON.stringify(parts), value])
      expect(all).toHaveLength(plain.size)
      expect(new Map(all as [string, number][])).toEqual(plain)
    }),
  )
})

test('a key of no parts has one place', () => {
  const map = new TupleMap<number>()
  map.set([], 1)
  expect([map.get([]), map.size, ...map.entries()]).toEqual([1, 1, [[], 1]])
})
