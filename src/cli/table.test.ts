import { describe, expect, it } from 'vitest'
import { testContext } from './context.fixture.ts'
import { labelled, table } from './table.ts'

const HEAD = ['id', 'name']
const ROWS = [
  ['a', 'first'],
  ['longer', 'x'],
]

describe('a table', () => {
  it('has columns as wide as their widest cell', () => {
    const { context, written } = testContext()
    table(context, HEAD, ROWS)
    expect(written.out).toBe('id      name\na       first\nlonger  x\n')
  })

  it.each([
    ['just as wide as it', 13, 'id      name\na       first\nlonger  x\n'],
    ['narrower', 12, 'id    a\nname  first\n\nid    longer\nname  x\n'],
  ])('on a terminal that is %s', (_how, columns, shown) => {
    const { context, written } = testContext({}, { columns })
    table(context, HEAD, ROWS)
    expect(written.out).toBe(shown)
  })

  it('keeps a long cell beside its label, whatever is in it', () => {
    const { context, written } = testContext({}, { columns: 20 })
    table(context, ['scopes'], [['read,write,approvals,admin'], ['x\nscopes  admin and more']])
    expect(written.out).toBe(
      'scopes  read,write,\n        approvals,\n        admin\n\nscopes  x?scopes\n        admin and\n        more\n',
    )
  })

  it('cuts no word in two, and nothing off', () => {
    const { context, written } = testContext({}, { columns: 4 })
    labelled(context, '  key ', '0123456789, b')
    expect(written.out).toBe('  key 0123456789,\n      b\n')
  })
})
