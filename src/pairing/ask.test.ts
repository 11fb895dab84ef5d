/** A device asks: what is kept of it, for how long, and how many may wait. */
import { expect, test } from 'vitest'
import { ask, waiting } from './resolve.ts'
import { memoryDesk, type DeskOptions } from './desk.fixture.ts'
import { idOf, LAPTOP, pair, PHONE, requestOf, wish } from './people.fixture.ts'

function clocked(options: DeskOptions = {}) {
  const time = { now: 1_000_000 }
  return { time, ...memoryDesk({ clock: () => time.now, ...options }) }
}

test('asking again for the same is the same request, and nobody hears of it twice (R22)', async () => {
  const { desk, events } = memoryDesk()
  const first = await requestOf(desk)
  expect(await requestOf(desk)).toBe(first)
  expect(events.map(({ kind }) => kind)).toEqual(['requested'])
})

test('asking again begins the time anew', async () => {
  const { desk, time } = clocked()
  const id = await requestOf(desk)
  time.now += 299_000
  expect(await requestOf(desk)).toBe(id)
  time.now += 299_000
  expect(waiting(desk)).toHaveLength(1)
})

test.each([
  ['more scopes', { scopes: ['operator.admin' as const] }],
  ['fewer scopes', { scopes: [] }],
  ['another role', { role: 'node' as const }],
])('%s are another request, and the one before is dead (R12)', async (_what, other) => {
  const { desk, events, time } = clocked()
  const first = await requestOf(desk)
  time.now += 10_000
  const second = await requestOf(desk, other)
  expect(second).not.toBe(first)
  expect(desk.book.request(first)).toBeNull()
  expect(events.slice(1)).toMatchObject([
    { kind: 'resolved', requestId: first, decision: 'rejected' },
    { kind: 'requested', request: { requestId: second } },
  ])
})

test('a request that waited too long is gone, to the millisecond', async () => {
  const { desk, time } = clocked()
  await requestOf(desk)
  time.now += 299_999
  expect(waiting(desk)).toHaveLength(1)
  time.now += 1
  expect(waiting(desk)).toEqual([])
})

test('whoever asks after that asks anew', async () => {
  const { desk, time } = clocked()
  const first = await requestOf(desk)
  time.now += 300_000
  expect(await requestOf(desk)).not.toBe(first)
  expect(desk.book.requests()).toHaveLength(1)
})

test('a clock that is set back does not make a request wait for ever', async () => {
  const { desk, time } = clocked()
  await requestOf(desk)
  time.now -= 300_000
  expect(waiting(desk)).toEqual([])
})

test('five may wait, and when full the sixth is refused', async () => {
  const { desk } = memoryDesk()
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    await requestOf(desk, { device: idOf(name), from: `203.0.113.${name.charCodeAt(0)}` })
  expect(await ask(desk, wish())).toEqual({ kind: 'full' })
  expect(waiting(desk)).toHaveLength(5)
})

test('two of one address may wait, whatever its role or device', async () => {
  const { desk } = memoryDesk()
  await requestOf(desk, { device: idOf('a') })
  await requestOf(desk, { device: idOf('b'), role: 'node' })
  expect(await ask(desk, wish())).toEqual({ kind: 'full' })
  expect((await ask(desk, wish({ from: '198.51.100.7' }))).kind).toBe('waiting')
})

test('of IPv6 a /64 counts as one address', async () => {
  const { desk } = memoryDesk()
  await requestOf(desk, { device: idOf('a'), from: '2001:db8::1' })
  await requestOf(desk, { device: idOf('b'), from: '2001:db8::ffff:2' })
  expect(await ask(desk, wish({ from: '2001:db8::3' }))).toEqual({ kind: 'full' })
})

test('a device that already waits may change its mind when the queue is full', async () => {
  const { desk, time } = clocked({ most: 2 })
  await requestOf(desk, { device: LAPTOP, from: '198.51.100.7' })
  const first = await requestOf(desk)
  time.now += 10_000
  const second = await requestOf(desk, { scopes: ['operator.write'] })
  expect(waiting(desk).map(({ requestId }) => requestId)).not.toContain(first)
  expect(waiting(desk).map(({ requestId }) => requestId)).toContain(second)
})

test('the request of a device that was approved before says so', async () => {
  const { desk } = memoryDesk()
  await pair(desk)
  await requestOf(desk, { scopes: ['operator.write'] })
  expect(waiting(desk)).toMatchObject([{ deviceId: PHONE, isRepair: true }])
})

test('a request from this host names no address', async () => {
  const { desk } = memoryDesk()
  const answer = await ask(desk, { ...wish({ from: '127.0.0.1' }), onThisHost: true })
  expect(answer).toMatchObject({ request: { remoteAddress: null, clientAddress: '127.0.0.1' } })
})
