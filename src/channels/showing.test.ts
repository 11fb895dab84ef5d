/** What is seen while an answer is made: nothing of one that comes at once, and of others never more than was said. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RunEnd } from '../agents/types.ts'
import { showWhile, type Put } from './showing.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const END: RunEnd = { kind: 'answered', text: '', durationMs: 0 }

function shown({ earlier = null as string | null, edits = true, typingMs = 5_000 } = {}) {
  const ended = Promise.withResolvers<RunEnd>()
  const listeners = new Set<(piece: string) => void>()
  const typed = { count: 0, fails: false }
  const puts: (readonly [text: string, messageId: string | null])[] = []
  const kept: string[] = []
  const network: { put: () => Put | Promise<Put> } = {
    put: () => ({ kind: 'shown', messageId: 'n1' }),
  }
  const gateway = new AbortController()
  const run = {
    ended: ended.promise,
    onPiece(listener: (piece: string) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const draft = {
    text: 40,
    betweenMs: 1_500,
    put: async (text: string, messageId: string | null) => {
      puts.push([text, messageId])
      return network.put()
    },
    keep: async (messageId: string) => void kept.push(messageId),
  }
  const typing = async () => {
    typed.count += 1
    if (typed.fails) throw new Error('a secret')
  }
  const ports = { typingMs, typing, draft: edits ? draft : null }
  const result = showWhile(run, earlier, ports, gateway.signal)
  return {
    say: (piece: string) => listeners.forEach((listener) => listener(piece)),
    finish: () => (ended.resolve(END), result),
    listeners,
    typed,
    puts,
    kept,
    network,
    gateway,
  }
}

test('an answer that comes at once is not announced', async () => {
  const { say, finish, typed, puts, listeners } = shown()
  say('done')
  await pass(299)
  expect(await finish()).toBeNull()
  await pass(60_000)
  expect([typed.count, puts, listeners.size]).toEqual([0, [], 0])
})

test('typing is shown for as long as it takes, also where the network fails', async () => {
  const { finish, typed } = shown({ edits: false })
  typed.fails = true
  await pass(300)
  expect(typed.count).toBe(1)
  await pass(12_000)
  expect(typed.count).toBe(4)
  await finish()
  await pass(60_000)
  expect(typed.count).toBe(4)
})

test('typing is left out where the network cannot show it', async () => {
  const { finish, typed } = shown({ typingMs: 0 })
  await pass(60_000)
  await finish()
  expect(typed.count).toBe(0)
})

test('a long answer grows in one message, which is remembered', async () => {
  const { say, finish, puts, kept } = shown()
  await pass(1_500)
  expect(puts).toEqual([])
  say('Once ')
  await pass(1_500)
  say('upon')
  await pass(1_500)
  await pass(3_000)
  say(` a time ${'there was '.repeat(10)}`)
  await pass(1_500)
  say('and so on')
  await pass(3_000)
  expect(puts).toEqual([
    ['Once …', null],
    ['Once upon …', 'n1'],
    ['Once upon a time there was there was …', 'n1'],
  ])
  expect(kept).toEqual(['n1'])
  expect(await finish()).toBe('n1')
})

test('the message of an earlier run of the gateway is taken up', async () => {
  const { say, finish, puts, kept } = shown({ earlier: 'n1' })
  say('Once')
  await pass(1_500)
  expect([puts, kept]).toEqual([[['Once …', 'n1']], []])
  expect(await finish()).toBe('n1')
})

test('where the network is busy it waits; where nobody knows whether it is there, there is no second one', async () => {
  const { say, finish, puts, network } = shown()
  say('Once')
  network.put = () => ({ kind: 'busy' })
  await pass(3_000)
  expect(puts).toHaveLength(2)
  network.put = () => Promise.reject(new Error('a secret'))
  await pass(1_500)
  network.put = () => ({ kind: 'shown', messageId: 'n1' })
  say(' upon')
  await pass(10_000)
  expect(puts).toHaveLength(3)
  expect(await finish()).toBeNull()
})

test('a change that fails is made with the next one', async () => {
  const { say, finish, puts, network } = shown()
  say('Once')
  await pass(1_500)
  network.put = () => ({ kind: 'failed' })
  say(' upon')
  await pass(1_500)
  network.put = () => ({ kind: 'shown', messageId: 'n1' })
  await pass(1_500)
  expect(puts.map(([text]) => text)).toEqual(['Once …', 'Once upon …', 'Once upon …'])
  expect(await finish()).toBe('n1')
})

test('the end of the answer waits for what is being shown', async () => {
  const { say, finish, network } = shown()
  const under = Promise.withResolvers<Put>()
  network.put = () => under.promise
  say('Once')
  await pass(1_500)
  const end = { id: 'not yet' as string | null }
  const finished = finish().then((id) => (end.id = id))
  await pass(5_000)
  expect(end.id).toBe('not yet')
  under.resolve({ kind: 'shown', messageId: 'n9' })
  await finished
  expect(end.id).toBe('n9')
})

test('when the gateway stops nothing more is shown', async () => {
  const { say, finish, typed, puts, gateway } = shown()
  gateway.abort()
  say('Once')
  await pass(60_000)
  await finish()
  expect([typed.count, puts]).toEqual([0, []])
})
