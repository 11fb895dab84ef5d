/** What the record keeps of what a caller made up: that it came, and nothing of what it said (R59). */
import { expect, test } from 'vitest'
import { requestEntry } from './entry.ts'
import { refused } from './outcome.ts'

const BASE = {
  requestId: 'a-1',
  at: 0,
  operation: 'chat.history',
  evidence: null,
  peer: '127.0.0.1',
  decision: null,
}

test.each([
  [
    "at root: unexpected property 'a\"b's secr'; at /limit: must be a number",
    'at root: unexpected property …; at /limit: must be a number',
  ],
  ["unexpected property 'one'; at root: unexpected property 'two'", 'unexpected property …'],
  ['at /sessionKey: must be a string', 'at /sessionKey: must be a string'],
])('R59: of %s', (message, kept) => {
  const { trace } = requestEntry({ ...BASE, outcome: refused('invalid_input', message) })
  expect(trace.at(-1)?.detail).toBe(kept)
})

test('R59: a name that is no operation is not repeated', () => {
  const { trace } = requestEntry({
    ...BASE,
    outcome: refused('unknown_operation', 'unknown method: secret'),
  })
  expect(trace.at(-1)?.detail).toBeNull()
})
