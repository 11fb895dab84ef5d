/** What makes the page read the lists again, and when it stops asking. */
import { describe, expect, it } from 'vitest'
import type { Answer } from './api.ts'
import type { StreamEvent } from './event-stream.ts'
import { oneAtATime, watchPeople } from './people-watch.ts'

type Opening = Answer<AsyncIterable<StreamEvent>>

/** Answers with each in turn, then ends the watch. */
async function watched(openings: readonly Opening[]) {
  const ending = new AbortController()
  const seen = { refreshes: 0, pauses: [] as number[], asked: 0 }
  const left = [...openings]
  await watchPeople(
    {
      async changes() {
        seen.asked += 1
        const next = left.shift()
        if (left.length === 0) ending.abort()
        return next ?? { kind: 'unreachable' }
      },
      refresh: () => void (seen.refreshes += 1),
      pause: async (ms) => void seen.pauses.push(ms),
    },
    ending.signal,
  )
  return seen
}

async function* events(names: readonly string[], cut = false): AsyncGenerator<StreamEvent> {
  for (const name of names) yield { name, data: {} }
  if (cut) throw new TypeError('network error')
}
const stream = (names: readonly string[], cut = false): Opening => ({
  kind: 'ok',
  value: events(names, cut),
})
const refused = (status: number): Opening => ({
  kind: 'refused',
  status,
  message: '',
  requestId: null,
})

describe('watchPeople', () => {
  it('reads at each change, and at nothing else', async () => {
    expect((await watched([stream(['changed', 'changed', 'done'])])).refreshes).toBe(2)
  })

  it('listens again when the stream ends or is cut', async () => {
    const seen = await watched([stream(['changed', 'done']), stream(['changed'], true), stream([])])
    expect(seen).toMatchObject({ asked: 3, refreshes: 2 })
  })

  it('asks ever less often while nobody answers, never less than each half minute', async () => {
    const down = Array.from({ length: 9 }, (): Opening => ({ kind: 'unreachable' }))
    const { pauses } = await watched(down)
    expect(pauses.slice(0, 3)).toEqual([1_000, 2_000, 4_000])
    expect(pauses.at(-1)).toBe(30_000)
    const { pauses: after } = await watched([...down, stream(['changed']), stream([])])
    expect(after.at(-2)).toBe(500)
  })

  it('waits as long as it is told to', async () => {
    const { pauses } = await watched([{ kind: 'held', retryAfterMs: 90_000 }, stream([])])
    expect(pauses[0]).toBe(90_000)
  })

  it.each([
    ['is logged out', { kind: 'unauthenticated' } as const],
    ['may not hear', refused(403)],
  ])('asks no more when it %s', async (_why, opening) => {
    expect((await watched([opening, stream(['changed'])])).asked).toBe(1)
    expect((await watched([refused(503), stream(['changed'])])).asked).toBe(2)
  })
})

describe('oneAtATime', () => {
  it('runs once more after what was asked meanwhile, however often', async () => {
    const runs: (() => void)[] = []
    const again = oneAtATime(() => new Promise((resolve) => runs.push(resolve)))
    again()
    again()
    again()
    expect(runs).toHaveLength(1)
    runs[0]?.()
    await Promise.resolve()
    await Promise.resolve()
    expect(runs).toHaveLength(2)
    runs[1]?.()
    await Promise.resolve()
    await Promise.resolve()
    again()
    expect(runs).toHaveLength(3)
  })
})
