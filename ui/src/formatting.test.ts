/** The formatting an agent's text may have, and that everything else stays as it was written. */
import { describe, expect, it } from 'vitest'
import { blocksOf, spansOf } from './formatting.ts'

describe('blocksOf', () => {
  it('tells prose from fenced code', () => {
    expect(blocksOf('Look:\n\n```ts\nconst a = 1\n\nb()\n```\nDone.')).toEqual([
      { kind: 'prose', spans: [{ kind: 'text', text: 'Look:' }] },
      { kind: 'code', language: 'ts', text: 'const a = 1\n\nb()' },
      { kind: 'prose', spans: [{ kind: 'text', text: 'Done.' }] },
    ])
  })

  it('takes a fence that is still being written for code', () => {
    expect(blocksOf('```\nhalf')).toEqual([{ kind: 'code', language: '', text: 'half' }])
  })

  it('makes nothing of nothing', () => {
    expect(blocksOf('')).toEqual([])
    expect(blocksOf('\n \n')).toEqual([])
  })

  it.each([
    '<img src=x onerror=alert(1)>',
    '[click](javascript:alert(1))',
    '&lt;b&gt;',
    '# a',
    '***',
  ])('leaves %j as it is', (text) => {
    expect(blocksOf(text)).toEqual([{ kind: 'prose', spans: [{ kind: 'text', text }] }])
  })
})

describe('spansOf', () => {
  it('knows code and emphasis in a line', () => {
    expect(spansOf('run `a **b**` **now** or `')).toEqual([
      { kind: 'text', text: 'run ' },
      { kind: 'code', text: 'a **b**' },
      { kind: 'text', text: ' ' },
      { kind: 'strong', text: 'now' },
      { kind: 'text', text: ' or `' },
    ])
  })

  it('loses no character', () => {
    const text = '** a** `` ` **b* 2 ** 3 ** 4'
    expect(
      spansOf(text)
        .map((span) => span.text)
        .join(''),
    ).toBe(text)
  })

  it('takes no time over a hostile line', () => {
    const text = '**a'.repeat(20_000)
    expect(
      spansOf(text)
        .map((span) => span.text)
        .join('').length,
    ).toBeGreaterThan(0)
  })
})
