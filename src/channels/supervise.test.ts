/** An account is run again whenever it ends, later and later while it keeps failing. Time passes only as a test says. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { memoryAccount } from './account.fixture.ts'
import { backoffMs, pause } from './backoff.ts'
import { newAccountState, supervise } from './supervise.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

function supervised() {
  const { account, connections } = memoryAccount()
  const state = newAccountState()
  const stop = new AbortController()
  const warnings: string[] = []
  const time = { now: 1_000 }
  const heard = { connected: 0 }
  const ended = supervise(
    account,
    {
      message: () => Promise.resolve(),
      press: () => Promise.resolve(null),
      connected: () => {
        heard.connected += 1
      },
    },
    {
      state,
      clock: () => time.now,
      signal: stop.signal,
      problemOf: (error) => (error instanceof TypeError ? 'the token is wrong' : 'unreachable'),
      warn: (message) => warnings.push(message),
    },
  )
  return { connections, state, stop, warnings, time, heard, ended }
}

test('what can be said of an account follows it', async () => {
  const { connections, state, stop, time, heard, ended } = supervised()
  expect(state).toMatchObject({ running: true, connected: false, lastStartAt: 1_000 })
  time.now = 2_000
  connections[0]?.receiver.connected()
  expect(state).toMatchObject({ connected: true, lastConnectedAt: 2_000, lastError: null })
  expect(heard.connected).toBe(1)

  connections[0]?.end(new TypeError('a secret'))
  await pass(0)
  expect(state).toMatchObject({
    running: true,
    connected: false,
    lastError: 'the token is wrong',
    reconnects: 1,
  })
  await pass(1_000)
  expect(connections).toHaveLength(2)
  connections[1]?.receiver.connected()
  expect(state).toMatchObject({ connected: true, lastError: null, reconnects: 1 })

  stop.abort()
  await ended
  expect(state).toMatchObject({ running: false, connected: false, lastError: null, reconnects: 1 })
})

test('a connection that ends for no reason is begun again, and the operator hears of it', async () => {
  const { connections, warnings, state } = supervised()
  connections[0]?.end()
  await pass(0)
  expect(state.lastError).toBe('the connection ended')
  expect(warnings).toEqual(['telegram (default): the connection ended; trying again in 1 s'])
})

test('the n-th failure waits between half and all of 1, 2, 4 … 60 seconds', async () => {
  const { connections } = supervised()
  const longest = [1, 2, 4, 8, 16, 32, 60, 60, 60]
  for (const [at, seconds] of longest.entries()) {
    connections[at]?.end(new Error('no'))
    await pass(seconds * 500 - 1)
    expect(connections).toHaveLength(at + 1)
    await pass(seconds * 500 + 1)
    expect(connections).toHaveLength(at + 2)
  }
})

test('after a minute of connection a failure is the first again; after less it is one more', async () => {
  const { connections } = supervised()
  const fail = async (at: number, connectedMs: number) => {
    if (connectedMs > 0) connections[at]?.receiver.connected()
    await pass(connectedMs)
    connections[at]?.end(new Error('no'))
  }
  await fail(0, 0)
  await pass(1_000)
  await fail(1, 0)
  await pass(2_000)
  await fail(2, 50_000)
  await pass(1_999)
  expect(connections).toHaveLength(3)
  await pass(2_001)
  await fail(3, 60_000)
  await pass(1_000)
  expect(connections).toHaveLength(5)
})

test('that it was there for long without being connected settles nothing', async () => {
  const { connections } = supervised()
  connections[0]?.end(new Error('no'))
  await pass(1_000)
  await pass(90_000)
  connections[1]?.end(new Error('no'))
  await pass(999)
  expect(connections).toHaveLength(2)
})

describe('the end', () => {
  test('during a connection ends it, and warns of nothing', async () => {
    const { connections, stop, ended, warnings, state } = supervised()
    connections[0]?.receiver.connected()
    stop.abort()
    await ended
    expect([connections.length, warnings, state.reconnects]).toEqual([1, [], 0])
    expect(connections[0]?.signal.aborted).toBe(true)
  })
  test('during a pause does not wait for it', async () => {
    const { connections, stop, ended } = supervised()
    connections[0]?.end(new Error('no'))
    await pass(0)
    stop.abort()
    await ended
    expect(connections).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('a pause is between half and all of its length, and never longer than a minute', () => {
  expect([1, 2, 3, 7, 8, 1_000].map((failures) => backoffMs(failures, () => 0))).toEqual([
    500, 1_000, 2_000, 30_000, 30_000, 30_000,
  ])
  expect([1, 2, 3, 7, 8, 1_000].map((failures) => backoffMs(failures, () => 1))).toEqual([
    1_000, 2_000, 4_000, 60_000, 60_000, 60_000,
  ])
})

test('a pause that is over already begins no timer', async () => {
  await pause(60_000, AbortSignal.abort())
  expect(vi.getTimerCount()).toBe(0)
})
