/** Strict JSON, with the line of every mistake and of every value. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPlacedJson } from './json-places.ts'

describe('broken text', () => {
  test.each<{ text: string; line: number; message: string }>([
    { text: '', line: 1, message: 'a value is missing or misspelt' },
    { text: '{\n"a": tru\n}', line: 2, message: 'a value is missing or misspelt' },
    { text: '{\n"a": 1,\n}', line: 3, message: 'a name in double quotes is missing' },
    { text: '{\n"a" 1}', line: 2, message: 'a colon is missing' },
    { text: '[\n1\n2]', line: 3, message: 'a comma or a closing ] is missing' },
    { text: '{"a": 1\n', line: 2, message: 'a comma or a closing } is missing' },
    { text: '{"a": "x\n"}', line: 1, message: 'a string is not closed or has a bad character' },
    { text: '{"a": "\\q"}', line: 1, message: 'a string is not closed or has a bad character' },
    {
      text: '{"a": "sk-never-closed',
      line: 1,
      message: 'a string is not closed or has a bad character',
    },
    { text: '{}\n{}', line: 2, message: 'something follows the end' },
    { text: '// a comment\n{}', line: 1, message: 'a value is missing or misspelt' },
    {
      text: '{"a": 1,\n"\\u0061": 2}',
      line: 2,
      message: 'the same name stands twice in one object',
    },
    { text: '['.repeat(100_000), line: 1, message: 'it is nested too deeply' },
  ])('$message', ({ text, line, message }) => {
    expect(readPlacedJson(text)).toEqual({ kind: 'broken', line, message })
  })
})

test('a value knows its line, and one that is not there the line of what should hold it', () => {
  const json = readPlacedJson(
    '{\n  "keys": [\n    { "id": "a" },\n    {\n      "id": "b"\n    }\n  ]\n}',
  )
  if (json.kind === 'broken') throw new Error(json.message)
  const lines = [[], ['keys'], ['keys', 0, 'id'], ['keys', 1, 'id'], ['keys', 1, 'name'], ['other']]
  expect(lines.map((path) => json.lineOf(path))).toEqual([1, 2, 3, 5, 4, 1])
})

test('accepts what JSON.parse accepts, and nothing else but repeated names', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '1',
    '-',
    '0',
    '.5',
    'e9',
    'null',
    'tru',
    'e',
    '"',
    '\\',
    'u00e9',
    ' ',
    '\n',
    '\u0001',
  )
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.json(),
    fc
      .json()
      .chain((json) => fc.nat(json.length).map((at) => json.slice(0, at) + json.slice(at + 1))),
  )
  const property = fc.property(text, (source) => {
    const read = readPlacedJson(source)
    if (read.kind === 'json') expect(read.value).toEqual(JSON.parse(source))
    else if (!/twice|deeply/.test(read.message))
      expect(() => JSON.parse(source)).toThrow(SyntaxError)
  })
  fc.assert(property, { numRuns: 20_000 })
})
