/** One question and its answer: sends it, follows the stream, and turns each event into a step. */
import type { Api, Failure } from './api.ts'
import type { Step } from './conversation.ts'
import type { StreamEvent } from './event-stream.ts'
import { unreachable } from './unreachable.ts'
import { members, parseError } from './wire.ts'

/** A turn that goes on, and what its person wants of it. */
export interface Turn {
  readonly listening: AbortController
  /** What to stop at the gateway; `null` until it has accepted the message. */
  runId: string | null
  stopping: boolean
}

export interface TurnParts {
  readonly api: Pick<Api, 'send'>
  readonly turn: Turn
  readonly step: (step: Step) => void
}

export function newTurn(): Turn {
  return { listening: new AbortController(), runId: null, stopping: false }
}

/** Resolves when the turn is over; every way ends in exactly one `done`, `stopped` or `failed`. */
export async function runTurn(text: string, { api, turn, step }: TurnParts): Promise<void> {
  step({ kind: 'asked', text, at: Date.now() })
  const { signal } = turn.listening
  const answer = await api.send(text, signal)
  if (signal.aborted) return step({ kind: 'stopped', text: null })
  if (answer.kind !== 'ok') return step({ kind: 'failed', problem: problemOf(answer) })
  step(await follow(answer.value, { api, turn, step }))
}

/** Passes on what grows; answers with the step that ends it. */
async function follow(
  events: AsyncIterable<StreamEvent>,
  { turn, step }: TurnParts,
): Promise<Step> {
  try {
    for await (const { name, data } of events) {
      const { runId, text } = members(data)
      if (name === 'accepted' && typeof runId === 'string') turn.runId = runId
      if (name === 'delta' && typeof text === 'string') step({ kind: 'delta', text })
      if (name === 'done') return lastStep(data, turn)
      if (name === 'error')
        return { kind: 'failed', problem: parseError(data).message ?? NO_ANSWER }
    }
    return { kind: 'failed', problem: CUT_OFF }
  } catch {
    if (turn.listening.signal.aborted) return { kind: 'stopped', text: null }
    return { kind: 'failed', problem: CUT_OFF }
  }
}

const CUT_OFF = 'The connection to the gateway was lost before the answer ended.'
const NO_ANSWER = 'The agent could not answer.'

function lastStep(data: unknown, { stopping }: Turn): Step {
  const { reply } = members(data)
  const text = typeof reply === 'string' ? reply : ''
  return stopping ? { kind: 'stopped', text } : { kind: 'done', text, at: Date.now() }
}

function problemOf(failure: Failure): string {
  switch (failure.kind) {
    case 'unauthenticated':
      return 'You are logged out.'
    case 'held':
      return `Too many requests. Try again in ${Math.ceil(failure.retryAfterMs / 1000)} s.`
    case 'unreachable':
      return 'The gateway does not answer.'
    case 'refused':
      return failure.message
    default:
      return unreachable(failure)
  }
}
