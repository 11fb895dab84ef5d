/** What waits is sent only while it is due: asked right before each try. Time passes only as a test says. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { queued } from './account.fixture.ts'
import { later, runningOutbox } from './outbox.fixture.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('a message that is not due any more', () => {
  test('is forgotten and never tried, and the next one goes', async () => {
    const { outbox, gone, tried, forgotten, told, warnings } = runningOutbox()
    gone.add('a')
    outbox.add([queued('a', 1), queued('b', 2)])
    await pass(0)
    expect(tried.map(({ id }) => id)).toEqual(['b'])
    expect([forgotten, told, outbox.size]).toEqual([['a', 'b'], { sent: 1, refused: 0 }, 0])
    expect(warnings).toEqual([])
  })

  test('is asked about again before each try', async () => {
    const { outbox, network, gone, tried, forgotten } = runningOutbox()
    network.answer = () => Promise.resolve(later(null))
    outbox.add([queued('a', 1)])
    await pass(0)
    gone.add('a')
    await pass(1_000)
    expect([tried.length, forgotten, outbox.size]).toEqual([1, ['a'], 0])
  })
})
