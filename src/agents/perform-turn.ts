/** Lets an agent answer one message: hands on the pieces, keeps the answer, says how it ended. */
import type { Clock } from '../core/clock.ts'
import type { Conversations } from './conversations.ts'
import type { ActiveRun } from './run.ts'
import type { Agent, RunEnd } from './types.ts'

export interface TurnPorts {
  readonly conversations: Conversations
  readonly clock: Clock
  /** An agent that threw, a disk that is full: for the log; the caller hears less. */
  readonly report: (message: string, error: unknown) => void
}

/** Never rejects. What is told as final or aborted is on disk by then. */
export async function performTurn(agent: Agent, run: ActiveRun, ports: TurnPorts): Promise<RunEnd> {
  const { clock, report } = ports
  const answer = { text: '' }
  const startedAt = clock()
  try {
    run.tell({ kind: 'started' }, startedAt)
    for await (const piece of untilAborted(agent.answer(run.turn), run.turn.signal)) {
      answer.text += piece
      run.tell({ kind: 'delta', piece, text: answer.text }, clock())
    }
    return await keep(run, { text: answer.text, startedAt }, ports)
  } catch (error) {
    report(`agent "${agent.id}" failed in run ${run.runId}`, error)
    const detail = `agent "${agent.id}" failed; the gateway's log has the error under run ${run.runId}`
    run.tell({ kind: 'failed', detail }, clock())
    return { kind: 'failed', why: 'agent', detail }
  }
}

async function keep(
  run: ActiveRun,
  { text, startedAt }: { readonly text: string; readonly startedAt: number },
  { conversations, clock, report }: TurnPorts,
): Promise<RunEnd> {
  const aborted = run.turn.signal.aborted
  if (text !== '' || !aborted) {
    const kept = await conversations.answer({
      sessionId: run.sessionId,
      turn: run.number,
      runId: run.runId,
      text,
      stopReason: aborted ? 'aborted' : 'stop',
      at: clock(),
    })
    if (kept.kind === 'unavailable') {
      report(`the answer of run ${run.runId} was not kept`, kept.error)
      run.tell({ kind: 'failed', detail: kept.detail }, clock())
      return { kind: 'failed', why: 'store', detail: kept.detail }
    }
  }
  run.tell({ kind: aborted ? 'aborted' : 'final', text }, clock())
  return { kind: aborted ? 'aborted' : 'answered', text, durationMs: clock() - startedAt }
}

/** Stops listening at the abort, also when the agent does not. */
async function* untilAborted(
  pieces: AsyncIterable<string>,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const iterator = pieces[Symbol.asyncIterator]()
  const stop = Promise.withResolvers<null>()
  const onAbort = (): void => stop.resolve(null)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    while (!signal.aborted) {
      const next = iterator.next()
      const step = await Promise.race([next, stop.promise])
      if (step?.done === true) break
      if (step === null) abandon(next)
      else yield step.value
    }
    if (signal.aborted) abandon(iterator.return?.() ?? Promise.resolve())
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Nobody waits for an agent that was stopped, nor for its complaints. */
function abandon(pending: Promise<unknown>): void {
  pending.catch(() => undefined)
}
