/** One turn: whatever the stream does, it ends once, and says how. */
import { describe, expect, it } from 'vitest'
import type { Answer } from './api.ts'
import type { Step } from './conversation.ts'
import type { StreamEvent } from './event-stream.ts'
import { newTurn, runTurn, type Turn } from './turn.ts'

async function stepsOf(
  answer: Answer<AsyncIterable<StreamEvent>>,
  turn: Turn = newTurn(),
): Promise<readonly Step[]> {
  const steps: Step[] = []
  const step = (next: Step) => void steps.push(next)
  await runTurn('hello', { api: { send: async () => answer }, turn, step })
  expect(steps[0]).toMatchObject({ kind: 'asked', text: 'hello' })
  return steps.slice(1)
}

async function* streamOf(...events: readonly (StreamEvent | Error)[]) {
  for (const event of events) {
    if (event instanceof Error) throw event
    yield event
  }
}
const ok = (...events: readonly (StreamEvent | Error)[]) =>
  ({ kind: 'ok', value: streamOf(...events) }) as const
const ACCEPTED: StreamEvent = { name: 'accepted', data: { runId: 'r7' } }
const DELTA: StreamEvent = { name: 'delta', data: { text: 'He' } }
const DONE: StreamEvent = { name: 'done', data: { reply: 'Hey' } }

describe('runTurn', () => {
  it('follows the answer to its end, and not beyond', async () => {
    const turn = newTurn()
    const steps = await stepsOf(ok(ACCEPTED, DELTA, DONE, DELTA), turn)
    expect(steps).toMatchObject([
      { kind: 'delta', text: 'He' },
      { kind: 'done', text: 'Hey' },
    ])
    expect(turn.runId).toBe('r7')
  })

  it('ignores events that it does not know', async () => {
    const steps = await stepsOf(ok({ name: 'tool', data: {} }, { name: 'delta', data: 5 }, DONE))
    expect(steps).toMatchObject([{ kind: 'done' }])
  })

  it('is stopped, not done, when somebody asked for that', async () => {
    const turn = { ...newTurn(), stopping: true }
    expect(await stepsOf(ok(DELTA, DONE), turn)).toMatchObject([
      { kind: 'delta' },
      { kind: 'stopped', text: 'Hey' },
    ])
  })

  it('says what the agent says when it cannot', async () => {
    const error = { name: 'error', data: { error: { message: 'no model' } } }
    expect(await stepsOf(ok(ACCEPTED, error))).toEqual([{ kind: 'failed', problem: 'no model' }])
  })

  it.each([
    ['ends without a word', ok()],
    ['breaks', ok(DELTA, new TypeError('network error'))],
  ])('says that the connection was lost when the stream %s', async (_name, answer) => {
    const steps = await stepsOf(answer)
    expect(steps.at(-1)).toMatchObject({ kind: 'failed' })
    expect(JSON.stringify(steps.at(-1))).toContain('connection')
  })

  it('is stopped when the page gave it up', async () => {
    const turn = newTurn()
    turn.listening.abort()
    expect(await stepsOf(ok(DELTA, new TypeError('aborted')), turn)).toEqual([
      { kind: 'stopped', text: null },
    ])
  })

  it.each([
    [{ kind: 'unauthenticated' } as const, 'logged out'],
    [{ kind: 'held', retryAfterMs: 4000 } as const, 'in 4 s'],
    [{ kind: 'unreachable' } as const, 'does not answer'],
    [{ kind: 'refused', status: 400, message: 'too long', requestId: null } as const, 'too long'],
  ])('says why it was not even begun', async (failure, words) => {
    const steps = await stepsOf(failure)
    expect(JSON.stringify(steps)).toContain(words)
    expect(steps).toMatchObject([{ kind: 'failed' }])
  })
})
