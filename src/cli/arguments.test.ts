import { describe, expect, it } from 'vitest'
import { durationMs, flag, list, moment, text, wholeNumber } from './arguments.ts'

const args = {
  positionals: [],
  options: { port: '80', json: true, header: ['a', 'b'], open: false },
}

describe('reading a parsed command line', () => {
  it('reads each kind of option, and nothing of the wrong kind', () => {
    expect(text(args, 'port')).toBe('80')
    expect(text(args, 'json')).toBeUndefined()
    expect(flag(args, 'json')).toBe(true)
    expect(flag(args, 'open')).toBe(false)
    expect(flag(args, 'port')).toBe(false)
    expect(list(args, 'header')).toEqual(['a', 'b'])
    expect(list(args, 'port')).toEqual([])
  })

  it.each(['', ' 80', '8e1', '0x50', '-1', '80.0', '65536', '9'.repeat(30)])(
    'refuses %j as a port',
    (port) => {
      expect(
        wholeNumber({ positionals: [], options: { port } }, 'port', { min: 0, max: 65_535 }).kind,
      ).toBe('wrong')
    },
  )

  it('takes a number within bounds, and the absence of one', () => {
    expect(wholeNumber(args, 'port', { min: 0, max: 65_535 })).toEqual({ kind: 'value', value: 80 })
    expect(wholeNumber(args, 'limit', { min: 1, max: 2 })).toEqual({
      kind: 'value',
      value: undefined,
    })
  })

  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
    ['', null],
    ['1', null],
    ['1y', null],
    ['-1d', null],
    ['1.5h', null],
    ['9999999d', null],
  ])('%j is %j milliseconds', (words, ms) => expect(durationMs(words)).toBe(ms))

  it.each([
    ['1h', -1, 1000 - 3_600_000],
    ['1h', 1, 1000 + 3_600_000],
    ['2026-11-20', 1, Date.parse('2026-11-20')],
    ['2026-11-20T08:00:00Z', -1, Date.parse('2026-11-20T08:00:00Z')],
    ['2026-13-40', 1, null],
    ['yesterday', -1, null],
    ['0', -1, null],
  ] as const)('%j is a moment', (words, sign, at) => expect(moment(words, 1000, sign)).toBe(at))
})
