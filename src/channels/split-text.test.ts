/** Pieces of an answer: within the limit, together the answer, and no character in two of them. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitText } from './split-text.ts'

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const charactersOf = (text: string) => [...SEGMENTER.segment(text)].map(({ segment }) => segment)
const withoutBlanks = (text: string) => text.replaceAll(/\s/gu, '')

const CHARACTERS = [
  'a',
  'Z',
  '9',
  'é',
  'e\u0301\u0323',
  '👋',
  '👋🏽',
  '👨‍👩‍👧‍👦',
  '❤️',
  '한',
  '각',
  'क्षि',
  '字',
  '𝒜',
] as const

const anyText = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...CHARACTERS) },
      { weight: 2, arbitrary: fc.constantFrom(' ', '\n', '\n\n', '  ') },
      // Flags join in pairs: each stands alone.
      fc.constantFrom('🇩🇪 ', '🇫🇷 '),
    ),
    { maxLength: 80, size: 'max' },
  )
  .map((parts) => parts.join(''))

test('whatever the text and the limit', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 12, max: 60 }), (text, limit) => {
      const pieces = splitText(text, limit)
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(limit)
        expect(piece.trim()).not.toBe('')
        expect(piece.isWellFormed()).toBe(true)
      }
      expect(withoutBlanks(pieces.join(''))).toBe(withoutBlanks(text))
      const characters = pieces.flatMap(charactersOf).filter((one) => one.trim() !== '')
      expect(characters).toEqual(charactersOf(text).filter((one) => one.trim() !== ''))
    }),
    { numRuns: 5_000 },
  )
})

test.each(['👋🏽', '👨‍👩‍👧', '🇩🇪', '❤️', 'e\u0301', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '각'])(
  '%s is in one piece wherever the limit falls',
  (character) => {
    for (let before = 0; before < 20; before += 1) {
      const pieces = splitText(`${'x'.repeat(before)}${character}${'y'.repeat(30)}`, 20)
      expect(pieces.filter((piece) => piece.includes(character))).toHaveLength(1)
      expect(pieces.join('')).toContain(character)
    }
  },
)

describe('it is cut', () => {
  test('nowhere when it fits', () => {
    expect(splitText('x'.repeat(20), 20)).toEqual(['x'.repeat(20)])
    expect(splitText('  one line \n', 20)).toEqual(['one line'])
    expect(splitText(' \n ', 20)).toEqual([])
    expect(splitText('', 20)).toEqual([])
  })
  test('between paragraphs, before lines, before words', () => {
    expect(splitText('one two three\n\nfour five six', 20)).toEqual([
      'one two three',
      'four five six',
    ])
    expect(splitText('one two three\nfour five six', 20)).toEqual([
      'one two three',
      'four five six',
    ])
    expect(splitText('one two three four five six', 20)).toEqual(['one two three four', 'five six'])
  })
  test('not where it would leave next to nothing', () => {
    expect(splitText(`a\n\n${'x'.repeat(30)}`, 20)).toEqual([
      `a\n\n${'x'.repeat(17)}`,
      'x'.repeat(13),
    ])
  })
  test('within a character that is longer than a message, but never within half of one', () => {
    const family = '👨‍👩‍👧‍👦'
    const pieces = splitText(family, 4)
    expect(pieces.join('')).toBe(family)
    for (const piece of pieces) expect(piece.isWellFormed()).toBe(true)
  })
})

test('a long answer is cut in a moment', () => {
  const text = '👋🏽'.repeat(25_000)
  const pieces = splitText(text, 4_000)
  expect(pieces).toHaveLength(25)
  expect(pieces.join('')).toBe(text)
})
