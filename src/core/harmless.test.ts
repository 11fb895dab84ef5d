/** Names that strangers chose, as an owner sees them. */
import { describe, expect, it } from 'vitest'
import { harmless } from './harmless.ts'

const RLO = '\u202E'

describe('harmless', () => {
  it.each([
    ['an honest name', 'Zoë O’Neil-Łukasz', 'Zoë O’Neil-Łukasz'],
    ['a name from right to left', 'محمد', 'محمد'],
    ['an emoji', 'Ann ❤️', 'Ann ❤️'],
    ['HTML, which is text here', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['a turned direction', `owner${RLO}reganam`, 'owner\uFFFDreganam'],
    [
      'isolates and joiners',
      'a\u2066b\u2069c\u200Dd\u200Be\uFEFFf',
      'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf',
    ],
    ['lines of its own', 'Nick\n\r\u2028\u2029\tApproved: yes', 'Nick Approved: yes'],
    ['controls', 'a\u0000\u001B[31mb\u0085c', 'a [31mb c'],
    ['letters that nobody sees', 'a\u3164b\u{E0041}c', 'a\uFFFDb\uFFFDc'],
    ['a lone half of a pair', 'a\uD800b', 'a\uFFFDb'],
    ['marks upon marks', `a${'\u0301'.repeat(40)}b`, `a${'\u0301'.repeat(3)}b`],
    ['nothing to see', ` ${RLO}\u200B \n`, ''],
    ['nothing', '', ''],
  ])('shows %s', (_what, text, shown) => {
    expect(harmless(text)).toBe(shown)
  })

  it('cuts between characters, and says that it did', () => {
    expect(harmless('n'.repeat(48))).toBe('n'.repeat(48))
    expect(harmless('n'.repeat(49))).toBe(`${'n'.repeat(47)}…`)
    expect(harmless('😀'.repeat(1_000))).toBe(`${'😀'.repeat(47)}…`)
  })
})
