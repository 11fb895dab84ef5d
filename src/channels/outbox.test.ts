/** The way out: in order, within what the network allows, until it is sent or never can be. Time passes only as a test says. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { queued } from './account.fixture.ts'
import { later, runningOutbox } from './outbox.fixture.ts'
import type { Sent } from './types.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
/** What can happen without time passing has happened. */
const settled = () => pass(0)
const BLOCKED: Sent = { kind: 'refused', problem: 'blocked by the person' }

test('what is added is sent, and forgotten when it is', async () => {
  const { outbox, sent, forgotten, told } = runningOutbox()
  outbox.add([queued('a', 1)])
  expect(outbox.size).toBe(1)
  await settled()
  expect(sent).toEqual([
    { id: 'a', to: { kind: 'dm', id: '42' }, text: 'text of a', replyTo: null, buttons: [] },
  ])
  expect([forgotten, outbox.size, told.sent]).toEqual([['a'], 0, 1])
})

test('within a conversation one after the other, others meanwhile', async () => {
  const { outbox, network, tried, ids } = runningOutbox()
  const slow = Promise.withResolvers<Sent>()
  network.answer = ({ id }) =>
    id === 'a' ? slow.promise : Promise.resolve({ kind: 'sent', messageId: id })
  outbox.add([queued('a', 1), queued('b', 2), queued('c', 3), queued('d', 4, '43')])
  await settled()
  expect(tried.map(({ id }) => id)).toEqual(['a', 'd'])
  slow.resolve({ kind: 'sent', messageId: 'a' })
  await settled()
  expect(ids()).toEqual(['d', 'a', 'b', 'c'])
})

test('a group and a person of the same id are two conversations', async () => {
  const { outbox, network, tried } = runningOutbox()
  network.answer = () => new Promise(() => {})
  outbox.add([queued('a', 1), { ...queued('b', 2), to: { kind: 'group', id: '42' } }])
  await settled()
  expect(tried).toHaveLength(2)
})

describe('a message that fails', () => {
  test.each([
    ['without a time', () => Promise.resolve(later(null))],
    ['by throwing', () => Promise.reject(new Error('a secret in a stack trace'))],
  ])('(%s) is tried again later, and holds up its own conversation alone', async (_how, fails) => {
    const { outbox, network, ids, tried, warnings } = runningOutbox()
    network.answer = (message) =>
      message.to.id === '42' ? fails() : Promise.resolve({ kind: 'sent', messageId: 'n' })
    outbox.add([queued('a', 1), queued('b', 2), queued('c', 3, '43')])
    await settled()
    expect(ids()).toEqual(['c'])
    outbox.add([queued('d', 4, '43')])
    await pass(499)
    expect([ids(), tried.length]).toEqual([['c', 'd'], 3])

    network.answer = () => Promise.resolve({ kind: 'sent', messageId: 'n' })
    await pass(501)
    expect(ids()).toEqual(['c', 'd', 'a', 'b'])
    expect(warnings).toEqual([])
  })

  test('waits longer each time, and never for ever', async () => {
    const { outbox, network, tried } = runningOutbox()
    network.answer = () => Promise.resolve(later(null))
    outbox.add([queued('a', 1)])
    const tries: number[] = []
    for (const ms of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      const before = tried.length
      await pass(ms)
      tries.push(tried.length - before)
    }
    // The n-th pause is between half and all of 1, 2, 4 … 60 s: in the same time never more than two end.
    expect(Math.max(...tries)).toBeLessThanOrEqual(3)
    expect(Math.min(...tries)).toBeGreaterThanOrEqual(1)
  })

  test('that the network never takes is forgotten, and the next one goes', async () => {
    const { outbox, network, ids, forgotten, warnings, told } = runningOutbox()
    network.answer = ({ id }) =>
      Promise.resolve(id === 'a' ? BLOCKED : { kind: 'sent', messageId: id })
    outbox.add([queued('a', 1), queued('b', 2)])
    await settled()
    expect([ids(), forgotten, told.sent]).toEqual([['b'], ['a', 'b'], 1])
    expect(warnings).toEqual(['telegram (default) does not take an answer: blocked by the person'])
  })
})

describe('a network that says wait', () => {
  test('of one conversation holds up that one alone', async () => {
    const { outbox, network, ids, tried } = runningOutbox()
    network.answer = ({ to }) =>
      Promise.resolve(to.id === '42' ? later(7_000) : { kind: 'sent', messageId: 'n' })
    outbox.add([queued('a', 1)])
    await settled()
    outbox.add([queued('b', 2, '43'), queued('c', 3)])
    await pass(6_999)
    expect([ids(), tried.length]).toEqual([['b'], 2])
    network.answer = () => Promise.resolve({ kind: 'sent', messageId: 'n' })
    await pass(1)
    expect(ids()).toEqual(['b', 'a', 'c'])
  })

  test('of two is left alone for so long, by all conversations', async () => {
    const { outbox, network, ids, tried } = runningOutbox()
    network.answer = () => Promise.resolve(later(7_000))
    outbox.add([queued('a', 1), queued('b', 2, '43')])
    await settled()
    network.answer = () => Promise.resolve({ kind: 'sent', messageId: 'n' })
    outbox.add([queued('c', 3, '44')])
    await pass(6_999)
    expect(tried).toHaveLength(2)
    await pass(1)
    expect(ids().sort()).toEqual(['a', 'b', 'c'])
  })

  test('for two months is left alone for two months, at rest', async () => {
    const { outbox, network, tried } = runningOutbox()
    network.answer = () => Promise.resolve(later(60 * 86_400_000))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    outbox.add([queued('a', 1)])
    await pass(3_600_000)
    expect(tried).toHaveLength(1)
    expect(timers.mock.calls.length).toBeLessThan(100)
    expect(Math.max(...timers.mock.calls.map(([, ms]) => ms ?? 0))).toBeLessThan(2 ** 31)
    timers.mockRestore()
  })
})

describe('the limits of the network', () => {
  test('so many a second, all conversations together', async () => {
    const { outbox, tried } = runningOutbox({ perSecond: 5 })
    outbox.add(Array.from({ length: 20 }, (_, at) => queued(`m${at}`, at, `${at}`)))
    await settled()
    expect(tried).toHaveLength(5)
    await pass(199)
    expect(tried).toHaveLength(5)
    await pass(2)
    expect(tried).toHaveLength(6)
    await pass(1_000)
    expect(tried).toHaveLength(11)
    await pass(60_000)
    expect(tried).toHaveLength(20)
    outbox.add(Array.from({ length: 20 }, (_, at) => queued(`n${at}`, 20 + at, `${at}`)))
    await settled()
    // What was not used for a minute is not saved up.
    expect(tried).toHaveLength(25)
  })

  test('and a pause between two messages of one conversation', async () => {
    const { outbox, ids } = runningOutbox({ betweenMs: 1_000 })
    outbox.add([queued('a', 1), queued('b', 2), queued('c', 3, '43')])
    await settled()
    expect(ids()).toEqual(['a', 'c'])
    await pass(999)
    expect(ids()).toHaveLength(2)
    await pass(1)
    expect(ids()).toEqual(['a', 'c', 'b'])
  })

  test('also when the second comes after the first was sent', async () => {
    const { outbox, ids } = runningOutbox({ betweenMs: 1_000 })
    outbox.add([queued('a', 1)])
    await pass(10)
    outbox.add([queued('b', 2)])
    await pass(989)
    expect(ids()).toEqual(['a'])
    await pass(1)
    expect(ids()).toEqual(['a', 'b'])
  })

  test('sixteen at a time', async () => {
    const { outbox, network, tried } = runningOutbox({ perSecond: 100 })
    const slow = Promise.withResolvers<Sent>()
    network.answer = () => slow.promise
    outbox.add(Array.from({ length: 20 }, (_, at) => queued(`m${at}`, at, `${at}`)))
    await settled()
    expect(tried).toHaveLength(16)
    slow.resolve({ kind: 'sent', messageId: 'n' })
    await settled()
    expect(tried).toHaveLength(20)
  })
})

test('what the store cannot forget is not sent again in this life', async () => {
  const { outbox, ids, warnings, disk } = runningOutbox()
  disk.full = true
  outbox.add([queued('a', 1), queued('b', 2)])
  await pass(120_000)
  expect(ids()).toEqual(['a', 'b'])
  expect(warnings[0]).toBe('telegram (default): the store does not take that an answer was sent')
})

test('the end waits for what is under way, and leaves the rest in order', async () => {
  const { outbox, network, stop, run, ended, forgotten } = runningOutbox()
  const slow = Promise.withResolvers<Sent>()
  network.answer = () => slow.promise
  outbox.add([queued('b', 2), queued('c', 3), queued('a', 1, '43')])
  await settled()
  stop.abort()
  outbox.add([queued('d', 4, '44')])
  await settled()
  expect(ended.already).toBe(false)
  slow.resolve({ kind: 'sent', messageId: 'n' })
  await run
  expect(forgotten.sort()).toEqual(['a', 'b'])
  expect(outbox.left().map(({ id }) => id)).toEqual(['c', 'd'])
})

test('what failed under way is left too', async () => {
  const { outbox, network, stop, run } = runningOutbox()
  network.answer = () => Promise.reject(new Error('aborted'))
  outbox.add([queued('a', 1)])
  await settled()
  stop.abort()
  await run
  expect(outbox.left().map(({ id }) => id)).toEqual(['a'])
})

test('what is under way at the end has its time, and is cut off when that is over', async () => {
  const { outbox, account, stop, ended } = runningOutbox()
  const signals: AbortSignal[] = []
  vi.spyOn(account, 'send').mockImplementation((_message, signal) => {
    signals.push(signal)
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('cut off')))
    })
  })
  outbox.add([queued('a', 1)])
  await settled()
  stop.abort()
  await pass(2_999)
  expect([signals[0]?.aborted, ended.already]).toEqual([false, false])
  await pass(1)
  expect([signals[0]?.aborted, ended.already]).toEqual([true, true])
  expect(outbox.left().map(({ id }) => id)).toEqual(['a'])
})

describe('a message that takes the place of another', () => {
  const answer = { ...queued('a', 1), replaces: 'n7' }

  test('changes it, where the network can', async () => {
    const { outbox, account, edited, sent, forgotten } = runningOutbox()
    expect(account.edit).toBeDefined()
    outbox.add([answer])
    await settled()
    expect(edited).toEqual([['n7', 'text of a']])
    expect([sent, forgotten]).toEqual([[], ['a']])
  })

  test('is sent when that one is gone, and changed later when the network says so', async () => {
    const { outbox, network, edited, ids } = runningOutbox()
    network.edits = () => Promise.resolve(later(500))
    outbox.add([answer])
    await settled()
    expect([edited, ids()]).toEqual([[], []])
    network.edits = () => Promise.resolve(BLOCKED)
    await pass(500)
    expect(ids()).toEqual(['a'])
  })
})

describe('between what waits', () => {
  const TO = queued('x', 0).to
  const SHOWN: Sent = { kind: 'sent', messageId: 'n1' }

  test('something goes at once when nothing waits, and what is added meanwhile comes after it', async () => {
    const { outbox, ids } = runningOutbox({ betweenMs: 1_000 })
    const under = Promise.withResolvers<Sent>()
    const shown = outbox.between(TO, () => under.promise)
    outbox.add([queued('a', 1), queued('b', 2, '43')])
    await settled()
    expect(ids()).toEqual(['b'])
    under.resolve(SHOWN)
    expect(await shown).toEqual(SHOWN)
    await pass(999)
    expect(ids()).toEqual(['b'])
    await pass(1)
    expect(ids()).toEqual(['b', 'a'])
  })

  test('nothing goes where something waits, was just sent, or the network said wait', async () => {
    const { outbox, network } = runningOutbox({ betweenMs: 1_000 })
    const send = vi.fn(() => Promise.resolve(SHOWN))
    outbox.add([queued('a', 1)])
    expect(await outbox.between(TO, send)).toBeNull()
    await settled()
    expect(await outbox.between(TO, send)).toBeNull()
    await pass(1_000)
    expect(await outbox.between(TO, send)).toEqual(SHOWN)

    await pass(1_000)
    const wait = () => Promise.resolve(later(5_000))
    expect(await outbox.between(TO, wait)).toEqual(later(5_000))
    expect(await outbox.between(TO, send)).toBeNull()
    expect(await outbox.between({ kind: 'dm', id: '43' }, wait)).toEqual(later(5_000))
    expect(await outbox.between({ kind: 'dm', id: '44' }, send)).toBeNull()
    network.answer = () => Promise.reject(new Error('nobody is asked'))
    await pass(5_000)
    expect(await outbox.between({ kind: 'dm', id: '44' }, send)).toEqual(SHOWN)
    expect(send).toHaveBeenCalledTimes(2)
  })

  test('half of what the network takes is left to answers', async () => {
    const { outbox } = runningOutbox({ perSecond: 4 })
    const send = () => Promise.resolve(SHOWN)
    const all = ['1', '2', '3', '4'].map((id) => outbox.between({ kind: 'dm', id }, send))
    expect((await Promise.all(all)).filter((sent) => sent !== null)).toHaveLength(3)
  })

  test('what throws is for later', async () => {
    const { outbox } = runningOutbox()
    const thrown = outbox.between(TO, () => Promise.reject(new Error('a secret')))
    expect(await thrown).toMatchObject({ kind: 'later', problem: 'the network cannot be reached' })
  })
})

test('nobody who gets many messages keeps others from theirs', async () => {
  const { outbox, ids } = runningOutbox({ perSecond: 1, betweenMs: 100 })
  const many = (to: string, from: number) =>
    Array.from({ length: 20 }, (_, at) => queued(`${to}-${at}`, from + at, to))
  outbox.add([...many('42', 1), ...many('43', 21)])
  await pass(3_000)
  outbox.add([queued('late', 41, '44')])
  await pass(3_000)
  expect(ids()).toContain('late')
})

test('a group takes fewer', async () => {
  const { outbox, ids } = runningOutbox({ betweenMs: 100, groupBetweenMs: 3_000 })
  const to = { kind: 'group', id: '-1' } as const
  outbox.add([{ ...queued('a', 1), to }, { ...queued('b', 2), to }, queued('c', 3), queued('d', 4)])
  await pass(2_999)
  expect(ids()).toEqual(['a', 'c', 'd'])
  await pass(1)
  expect(ids()).toEqual(['a', 'c', 'd', 'b'])
  expect(outbox.waitingFor(to)).toBe(0)
})
