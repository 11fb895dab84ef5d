/** The accounts that run: answers wait for theirs, and go on with it when its settings change. */
import { afterEach, expect, test, vi } from 'vitest'
import { TELEGRAM } from '../senders/desk.fixture.ts'
import { memoryAccount, queued } from './account.fixture.ts'
import { ChannelHost, type AccountPlan } from './host.ts'
import { until } from './live-channel.fixture.ts'
import type { ChannelAccount, Sent } from './types.ts'

afterEach(() => {
  vi.useRealTimers()
})

function hosted() {
  const warnings: string[] = []
  const host = new ChannelHost({
    due: () => true,
    store: { forget: () => Promise.resolve() },
    receiver: () => ({
      message: () => Promise.resolve(),
      press: () => Promise.resolve(null),
      connected: () => {},
    }),
    clock: () => 7,
    answered: () => {},
    problemOf: () => 'unreachable',
    warn: (message) => warnings.push(message),
  })
  return { host, warnings }
}

function plan(print: string, account: ChannelAccount, problem: string | null = null): AccountPlan {
  return { ref: TELEGRAM, print, problem, open: () => Promise.resolve(account) }
}

test('an answer for an account that is not open waits until it is', async () => {
  const { host } = hosted()
  const { account, texts } = memoryAccount()
  host.send([queued('a', 1)])
  await host.apply([plan('1', account)])
  await until(() => texts().length === 1)
  expect(host.views()).toMatchObject([{ waiting: 0, state: { running: true, lastOutboundAt: 7 } }])
  await host.stop()
  expect([host.views(), host.account(TELEGRAM)]).toEqual([[], null])
})

test('what one did not send is sent by the one that takes its place, in order', async () => {
  const { host } = hosted()
  const first = memoryAccount()
  const waits: Sent = { kind: 'later', afterMs: 3_600_000, problem: 'too many requests' }
  first.network.answer = () => Promise.resolve(waits)
  await host.apply([plan('1', first.account)])
  host.send([queued('a', 1), queued('b', 2)])
  await until(() => first.tried.length === 1)

  const second = memoryAccount()
  await host.apply([plan('2', second.account)])
  await until(() => second.sent.length === 2)
  expect(second.sent.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(first.connections[0]?.signal.aborted).toBe(true)
  await host.stop()
})

test('what did not change is left alone', async () => {
  const { host } = hosted()
  const { account, connections } = memoryAccount()
  await host.apply([plan('1', account)])
  await until(() => connections.length === 1)
  await host.apply([plan('1', account)])
  expect(connections).toHaveLength(1)
  await host.stop()
})

test('one that cannot run is shown with its reason, and not opened', async () => {
  const { host } = hosted()
  const { account } = memoryAccount()
  await host.apply([plan('1', account, 'the token is missing')])
  expect(host.views()).toMatchObject([
    { state: { running: false, lastError: 'the token is missing' } },
  ])
  expect(host.account(TELEGRAM)).toBeNull()
  await host.stop()
})

test('one that does not open is tried again until it does, or is not wanted any more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { host, warnings } = hosted()
  const { account, texts } = memoryAccount()
  const tries = { count: 0, broken: true }
  const open = () => {
    tries.count += 1
    return tries.broken ? Promise.reject(new Error('a secret')) : Promise.resolve(account)
  }
  await host.apply([{ ...plan('2', account), open }])
  host.send([queued('a', 1)])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(tries.count).toBeGreaterThan(3)
  expect(warnings).toEqual(['telegram (default) cannot be opened: unreachable'])
  expect(host.views()).toMatchObject([{ waiting: 1, state: { lastError: 'unreachable' } }])
  tries.broken = false
  await vi.advanceTimersByTimeAsync(60_000)
  expect(texts()).toEqual(['text of a'])

  tries.broken = true
  const before = tries.count
  await host.apply([{ ...plan('3', account), open }])
  await host.apply([])
  await vi.advanceTimersByTimeAsync(120_000)
  expect(tries.count).toBe(before + 1)
  await host.stop()
})

test('changed settings count at once, however long the network takes to be left; nothing is sent before', async () => {
  const { host } = hosted()
  const [first, second] = [memoryAccount(), memoryAccount()]
  const under = Promise.withResolvers<Sent>()
  first.network.answer = () => under.promise
  await host.apply([plan('1', first.account)])
  host.send([queued('a', 1), queued('b', 2)])
  await until(() => first.tried.length === 1)
  const applied = host.apply([plan('2', second.account)])
  await until(() => host.account(TELEGRAM) === second.account)
  host.send([queued('c', 3)])
  expect(host.unsentTo(TELEGRAM, queued('c', 3).to)).toBe(1)
  expect(second.tried).toEqual([])
  under.resolve({ kind: 'sent', messageId: 'n' })
  await applied
  await until(() => second.sent.length === 2)
  expect(second.sent.map(({ id }) => id)).toEqual(['b', 'c'])
  await host.stop()
})
