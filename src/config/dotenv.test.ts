import { expect, it } from 'vitest'
import { parseDotenv } from './dotenv.ts'

function values(text: string): unknown {
  const parsed = parseDotenv(text)
  return parsed.kind === 'malformed'
    ? `line ${parsed.line}`
    : Object.fromEntries([...parsed.entries].map(([name, { value }]) => [name, value]))
}

it.each([
  ['A=x', { A: 'x' }],
  ['OPENCLAW_GATEWAY_TOKEN = your-secret-token', { OPENCLAW_GATEWAY_TOKEN: 'your-secret-token' }],
  ['export A="x # y" # note', { A: 'x # y' }],
  ["A='x\\n'", { A: 'x\\n' }],
  ['A="x\\ny\\"z"', { A: 'x\ny"z' }],
  ['A=p#ss word # note', { A: 'p#ss word' }],
  ['A=', { A: '' }],
  ['A= # only a note', { A: '' }],
  ['\uFEFFA=b=c\r\n# note\r\n\r\nB=2', { A: 'b=c', B: '2' }],
  ['A=1\nA=2', { A: '2' }],
])('%j is read', (text, expected) => expect(values(text)).toEqual(expected))

it.each([
  ['A=1\nnonsense', 'line 2'],
  ['A="open', 'line 1'],
  ["A='open", 'line 1'],
  ['1A=x', 'line 1'],
  ['A="x" y', 'line 1'],
])('%j is refused with its line', (text, line) => expect(values(text)).toBe(line))
