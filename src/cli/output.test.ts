import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { testContext } from './context.fixture.ts'
import {
  fromNow,
  inWords,
  json,
  line,
  localTime,
  printable,
  printableLines,
  problem,
  style,
  withLocalTimes,
} from './output.ts'
import { table } from './table.ts'

const ESCAPES = '\u001b[2J\u001b]0;title\u0007\r\n\u202eabc\u2028\u009b31m'

describe('what reaches a terminal', () => {
  it('what strangers sent is the same to a parser of JSON, and no command to a terminal', () => {
    const { context, written } = testContext()
    json(context, { sent: ESCAPES })
    expect(JSON.parse(written.out)).toEqual({ sent: ESCAPES })
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    expect(written.out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/)
  })

  it('what strangers sent cannot command the terminal, forge a line or turn text round', () => {
    const { context, written } = testContext()
    line(context, `client ${ESCAPES}`)
    problem(context, ESCAPES)
    table(context, ['a'], [[ESCAPES]])
    const all = written.out + written.err
    expect(all.split('\n')).toHaveLength(5)
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    expect(all.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u2028]/)
  })

  it('an agent’s answer keeps its lines, tabs and letters', () => {
    expect(printableLines('a\n\tb 👩‍🚀 ü\u001b[0m')).toBe('a\n\tb 👩‍🚀 ü?[0m')
    expect(printable('ü 你好')).toBe('ü 你好')
  })

  it.each([
    ['on a terminal', { isTty: true, env: {} }, true],
    ['in a pipe', { isTty: false, env: {} }, false],
    ['with NO_COLOR', { isTty: true, env: { NO_COLOR: '1' } }, false],
    ['with an empty NO_COLOR', { isTty: true, env: { NO_COLOR: '' } }, true],
    ['on a dumb terminal', { isTty: true, env: { TERM: 'dumb' } }, false],
  ])('colours %s', (_where, surroundings, coloured) => {
    const { context } = testContext({}, surroundings)
    expect(style(context).red('no')).toBe(coloured ? '\u001b[31mno\u001b[0m' : 'no')
  })

  it.each([
    [-5, '0s'],
    [59_000, '59s'],
    [61_000, '1m 1s'],
    [3_660_000, '1h 1m'],
    [600_000, '10m'],
    [7_200_000, '2h'],
    [90_000_000, '1d 1h'],
    [2_592_000_000, '30d'],
  ])('%d ms is %s', (ms, words) => expect(inWords(ms)).toBe(words))

  it.each([
    [undefined, 'never'],
    [1_000, '1m ago'],
    [61_000, '0s ago'],
    [90_061_000, 'in 1d 1h'],
  ])('%s is %s', (at, words) => expect(fromNow(at, 61_000)).toBe(words))

  it.each([
    ['Asia/Kolkata', '2026-11-20 17:30:05 +05:30'],
    ['America/New_York', '2026-11-20 07:00:05 -05:00'],
    ['UTC', '2026-11-20 12:00:05 +00:00'],
  ])('in %s the clock shows %s, with its zone', (zone, shown) => {
    vi.stubEnv('TZ', zone)
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(localTime('2026-11-20T12:00:05Z')).toBe(shown)
    expect(withLocalTimes('from 2026-11-20T12:00:05.123Z on, 2026-11-20')).toBe(
      `from ${shown} on, 2026-11-20`,
    )
  })

  it('a moment that is none does not throw', () => expect(localTime(Number.NaN)).toBe('unknown'))
})
