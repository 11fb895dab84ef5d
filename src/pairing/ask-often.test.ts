/** A device that asks over and over: what it may change, and what that costs (R12, R22). */
import { expect, test } from 'vitest'
import { approve, ask, waiting } from './resolve.ts'
import { memoryDesk, type DeskOptions } from './desk.fixture.ts'
import { heldBy, OWNER, requestOf, wish } from './people.fixture.ts'

function clocked(options: DeskOptions = {}) {
  const time = { now: 1_000_000 }
  return { time, ...memoryDesk({ clock: () => time.now, ...options }) }
}

const MORE = { scopes: ['operator.admin' as const] }

test.each([0, 9_999, -9_999])(
  'something else, %i ms later, is answered with the request that waits: nothing is written or told',
  async (later) => {
    const { desk, time, events, written } = clocked()
    const first = await ask(desk, wish())
    time.now += later
    expect(await ask(desk, wish(MORE))).toEqual(first)
    expect(await ask(desk, wish({ role: 'node' }))).toEqual(first)
    expect([events.length, written.length]).toEqual([1, 1])
  },
)

test('what is approved then is what was shown, not what was asked for last (R12)', async () => {
  const { desk } = clocked()
  const requestId = await requestOf(desk)
  await requestOf(desk, MORE)
  await approve(desk, { requestId, expiresAt: null }, OWNER)
  expect(heldBy(desk)).toEqual(['operator: operator.read'])
})

test.each([10_000, -10_000, 86_400_000, -86_400_000])(
  'something else, %i ms later by whatever clock, is another request',
  async (later) => {
    const { desk, time } = clocked({ waitsMs: 1e9 })
    const first = await requestOf(desk)
    time.now += later
    const second = await requestOf(desk, MORE)
    expect(second).not.toBe(first)
    expect(waiting(desk)).toMatchObject([{ requestId: second, scopes: ['operator.admin'] }])
  },
)

test('a device that changes its mind all the time makes a request each ten seconds', async () => {
  const { desk, time, events } = clocked()
  for (let second = 0; second < 60; second += 1) {
    await requestOf(desk, second % 2 === 0 ? MORE : {})
    time.now += 1_000
  }
  expect(events.filter(({ kind }) => kind === 'requested').length).toBeLessThanOrEqual(6)
})

test('asking for the same without a pause is one write each ten seconds, and the request never times out', async () => {
  const { desk, time, written } = clocked()
  const requestId = await requestOf(desk)
  for (let second = 0; second < 600; second += 1) {
    time.now += 1_000
    expect(await requestOf(desk)).toBe(requestId)
  }
  expect(written.length).toBeLessThanOrEqual(61)
})

test.each([10_000, 60_000])(
  'a request that waits %i ms at most does not time out under a device that asks again in time',
  async (waitsMs) => {
    const { desk, time } = clocked({ waitsMs })
    const requestId = await requestOf(desk)
    for (let times = 0; times < 20; times += 1) {
      time.now += waitsMs / 5
      expect(await requestOf(desk)).toBe(requestId)
    }
  },
)
