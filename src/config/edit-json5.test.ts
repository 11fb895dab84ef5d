import * as fc from 'fast-check'
import JSON5 from 'json5'
import { describe, expect, it } from 'vitest'
import { editJson5 } from './edit-json5.ts'
import { withoutValue, withValue } from './key-path.ts'

/** JSON5 with comments and uneven spacing, as people write it. */
const gap = fc.constantFrom('', '', ' ', '\n', '\n  ', ' // n, {\n', '/* , } */', ' /* k */ ')
const { value } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('1', '"x, }"', "'y // z'", 'null', 'true'),
    tie('object'),
    tie('list'),
  ),
  object: fc
    .tuple(
      fc.subarray(['a', '"b"', 'c', "'d'"]),
      fc.infiniteStream(fc.tuple(gap, gap, tie('value'), gap)),
      fc.boolean(),
      gap,
    )
    .map(([keys, parts, comma, end]) => {
      const written = keys.map((key) => {
        const [before, middle, inner, after] = parts.next().value
        return `${before}${key}${middle}:${inner}${after}`
      })
      return `{${written.join(',')}${comma && keys.length > 0 ? ',' : ''}${end}}`
    }),
  list: fc
    .tuple(
      fc.array(
        fc.tuple(gap, tie('value'), gap).map((parts) => parts.join('')),
        { maxLength: 3 },
      ),
      gap,
    )
    .map(([entries, end]) => `[${entries.join(',')}${end}]`),
}))
const document = value.filter((text) => text.startsWith('{'))
const path = fc.array(fc.constantFrom('a', 'b', 'c', '0', '1', 'z'), { minLength: 1, maxLength: 3 })

describe('a change of JSON5 text', () => {
  it('says afterwards what it was told to, whatever the text looks like', () => {
    fc.assert(
      fc.property(document, path, fc.jsonValue({ maxDepth: 2 }), (text, at, wanted) => {
        const expected = withValue(JSON5.parse(text), at, wanted)
        fc.pre(expected !== null && !JSON.stringify(expected).includes('__proto__'))
        const edited = editJson5(text, at, wanted)
        expect(JSON5.parse(edited ?? 'null')).toEqual(JSON5.parse(JSON.stringify(expected)))
      }),
      { numRuns: 400 },
    )
  })

  it('that removes loses nothing else', () => {
    fc.assert(
      fc.property(document, path, (text, at) => {
        const edited = editJson5(text, at, undefined) ?? ''
        expect(JSON5.parse(edited)).toEqual(withoutValue(JSON5.parse(text), at))
      }),
      { numRuns: 400 },
    )
  })

  it.each([
    ['{\n  "a": 1,\n  "b": 2\n}\n', ['b'], '{\n  "a": 1\n}\n'],
    ['{\n  "a": 1,\n  "b": 2\n}\n', ['a'], '{\n  "b": 2\n}\n'],
    ['{a:1,b:2,c:3}', ['b'], '{a:1,c:3}'],
    ['{\n  // x\n  a: 1, // y\n  b: 2, // z\n}', ['b'], '{\n  // x\n  a: 1, // y\n   // z\n}'],
    ['{a: [1, 2, 3]}', ['a', '1'], '{a: [1,  3]}'],
  ])('%j without %j', (text, at, expected) => expect(editJson5(text, at, undefined)).toBe(expected))
})
