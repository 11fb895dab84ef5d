/** Operators see who is locked, and let them in again. */
import { describe, expect, test } from 'vitest'
import { S1, started, WALL } from '../access/throttle.fixture.ts'
import { lockoutsClear } from './lockouts-clear.ts'
import { lockoutsList } from './lockouts-list.ts'
import { runOperation } from './operator-call.fixture.ts'

function locked() {
  const parts = started(S1)
  parts.guess('192.0.2.1', 10)
  parts.guess('2001:db8::1', 10, 'api-key')
  return {
    ...parts,
    list: lockoutsList({ ...parts, clock: () => WALL + 1_000 }),
    clear: lockoutsClear(parts),
  }
}

test('the list has address, class and end', async () => {
  const until = WALL + 300_000
  expect(await runOperation(locked().list)).toEqual({
    lockouts: [
      { address: '192.0.2.1', class: 'shared', until, retryAfterMs: 299_000 },
      { address: '2001:db8:0:0::/64', class: 'api-key', until, retryAfterMs: 299_000 },
    ],
  })
})

describe('clearing', () => {
  test.each<{ input: object; cleared: number; left: number }>([
    { input: {}, cleared: 2, left: 0 },
    { input: { address: '192.0.2.1' }, cleared: 1, left: 1 },
    { input: { address: ' 2001:db8::ffff ' }, cleared: 1, left: 1 },
    { input: { address: '2001:db8::/64' }, cleared: 1, left: 1 },
    { input: { address: '192.0.2.9' }, cleared: 0, left: 2 },
  ])('$input lifts $cleared', async ({ input, cleared, left }) => {
    const { clear, throttle } = locked()
    expect(await runOperation(clear, input)).toEqual({ cleared })
    expect(throttle.list()).toHaveLength(left)
  })

  test.each(['', ' ', 'localhost', '192.0.2.0/24', '999.1.1.1'])(
    'R14: "%s" is no address, and not everybody',
    async (address) => {
      const { clear, throttle } = locked()
      await expect(runOperation(clear, { address })).rejects.toThrow(/is no address/)
      expect(throttle.list()).toHaveLength(2)
    },
  )

  test('a clear that a restart would undo is not called done', async () => {
    const throttle = {
      release: () => ({ released: 1, durable: Promise.reject(new Error('disk full')) }),
    }
    await expect(runOperation(lockoutsClear({ throttle }))).rejects.toThrow('disk full')
  })

  test('both are for admins, and clearing is a change', () => {
    const { list, clear } = locked()
    expect([list.requires, clear.requires]).toEqual(['operator.admin', 'operator.admin'])
    expect([list.changes, clear.changes]).toEqual([false, true])
  })
})
