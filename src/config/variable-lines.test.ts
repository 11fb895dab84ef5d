import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseDotenv } from './dotenv.ts'
import { isVariableName, withoutVariable, withVariable } from './variable-lines.ts'

const TEXT = '# mine\nexport A=1\nB="two"\n\nA=3 # last\n'

it('keeps what stands around the line', () => {
  expect(withVariable(TEXT, 'B', 'x')).toBe('# mine\nexport A=1\nB=x\n\nA=3 # last\n')
  expect(withVariable(TEXT, 'A', '4')).toBe('# mine\nB="two"\n\nA=4\n')
  expect(withVariable('export A=1\n', 'A', '2')).toBe('export A=2\n')
  expect(withVariable('', 'C', 'new')).toBe('C=new\n')
  expect(withoutVariable(TEXT, 'A')).toBe('# mine\nB="two"\n\n')
})

it.each(['A', '_x', 'A1'])('%s is a name', (name) => expect(isVariableName(name)).toBe(true))
it.each(['', '1A', 'A-B', 'A.B', 'A=', 'A\n'])('%j is none', (name) =>
  expect(isVariableName(name)).toBe(false),
)

it('whatever the value, it is read back, and nothing else changes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const parsed = parseDotenv(withVariable(TEXT, 'NEW', value))
      const entries = parsed.kind === 'parsed' ? parsed.entries : new Map()
      expect(entries.get('NEW')?.value).toBe(value)
      expect(entries.get('B')?.value).toBe('two')
    }),
  )
})

it('a shell that sources it reads the same (S2)', () => {
  for (const value of ['plain', 'two words', '$HOME `id` "x" \\ # !', 'sk-ant-a/b+c=', "it's"]) {
    const text = withVariable('', 'NEW', value)
    const line = `set -a; source <(cat); printf %s "$NEW"`
    expect(spawnSync('bash', ['-c', line], { input: text, encoding: 'utf8' }).stdout).toBe(value)
  }
})
