import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { typedSecret } from './typed-secret.ts'

/** A terminal as Node shows it: what is typed, whether it is echoed, and what was printed. */
function terminal() {
  const state = { raw: [] as boolean[], printed: '' }
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean) => void state.raw.push(raw),
  })
  const asked = typedSecret('NAME', { stderr: (text) => void (state.printed += text) }, input)
  return { input, state, asked }
}

describe('a secret that is typed', () => {
  it.each([
    ['hunter2\r', 'hunter2'],
    ['hunterx\u007f2\n', 'hunter2'],
    ['wrong\u0015right\r', 'right'],
    ['pass\u001b[Aword\r', 'pass[Aword'],
    ['wrong\u0003', null],
    ['\u0004', null],
  ])('%j is %j, and nothing of it is shown', async (keys, expected) => {
    const { input, state, asked } = terminal()
    for (const key of keys) input.write(key)
    expect(await asked).toBe(expected)
    expect(state.raw).toEqual([true, false])
    expect(state.printed).toBe('NAME (not shown): \n')
  })
})

describe('a secret that is piped', () => {
  it.each([
    ['value\n', 'value'],
    ['value\r\n', 'value'],
    ['value', 'value'],
    ['two\nlines\n\n', 'two\nlines\n'],
    ['', ''],
  ])('%j is %j', async (text, expected) => {
    const input = new PassThrough()
    input.end(text)
    const silent = { stderr: () => expect.unreachable() }
    expect(await typedSecret('NAME', silent, input)).toBe(expected)
  })
})
