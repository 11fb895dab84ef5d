/** All runs of the gateway: accepts messages, answers each session's one after the other, stops runs, drains. */
import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises'
import type { Unavailable } from './conversations.ts'
import type { Agents } from './index.ts'
import { performTurn, type TurnPorts } from './perform-turn.ts'
import { RecentRuns } from './recent-runs.ts'
import { ActiveRun } from './run.ts'
import { RunRoom } from './run-room.ts'
import { NETWORK_KEY, refusedRun, type Submission, type Submitted } from './submit.ts'
import { ownerOf, type Agent, type RunEvent } from './types.ts'

export interface RunPorts extends TurnPorts {
  /** Asked for each message: a reload may change the list. */
  readonly agents: () => Agents
  /** Hears of every run, in order. */
  readonly publish: (event: RunEvent) => void
}

/** `stopped`: this many were still going on and were told to stop; what they had said is kept. */
export type Drained =
  | { readonly kind: 'finished' }
  | { readonly kind: 'stopped'; readonly runs: number }

/** How long runs that were stopped at the end may take to keep what they have. */
const LAST_WORDS_MS = 1000

interface Queue {
  length: number
  tail: Promise<void>
}

export class Runs {
  readonly #ports: RunPorts
  readonly #recent: RecentRuns
  readonly #queues = new Map<string, Queue>()
  /** Runs whose message is on disk and that have not ended. */
  readonly #active = new Set<ActiveRun>()
  readonly #room = new RunRoom()
  #stopping = false

  constructor(ports: RunPorts) {
    this.#ports = ports
    this.#recent = new RecentRuns(ports.clock)
  }

  /** Resolves when the message is on disk. The run goes on whether or not anybody waits for it. */
  async submit(submission: Submission): Promise<Submitted> {
    const { caller, sessionKey, idempotencyKey, message } = submission
    if (caller.method !== 'channel' && idempotencyKey.startsWith(NETWORK_KEY))
      return refusedRun('key-reserved')
    const key = JSON.stringify([ownerOf(caller), sessionKey, idempotencyKey])
    const earlier = this.#recent.find(key, message)
    if (earlier === 'other-message') return refusedRun('key-reused')
    if (earlier !== null) {
      const first = await earlier
      if (first.kind !== 'accepted') return first
      // Whoever brings it again wants what the disk refused then.
      const lost = first.run.end?.kind === 'failed' && first.run.end.why === 'store'
      if (!lost || submission.again !== true) return { ...first, repeated: true }
    }
    const submitted = this.#accept(submission)
    this.#recent.keep(key, message, submitted)
    return submitted
  }

  /** `active`: being answered; `waiting`: behind those. */
  get counts(): { readonly active: number; readonly waiting: number } {
    return { active: this.#queues.size, waiting: this.#room.taken - this.#queues.size }
  }

  /** Whether a message of this session is being answered or waits for it. */
  busy(sessionKey: string): boolean {
    return this.#queues.has(sessionKey)
  }

  /** Stops one run of a session, or all of them (`runId` null). Returns the ids of those it stopped. */
  abort(sessionKey: string, runId: string | null): readonly string[] {
    const chosen = [...this.#active].filter(
      (run) => run.sessionKey === sessionKey && (runId === null || run.runId === runId),
    )
    for (const run of chosen) this.#stop(run)
    return [...new Set(chosen.map((run) => run.runId))]
  }

  /** Accepts nothing more and waits up to `ms` for what goes on. */
  async drain(ms: number): Promise<Drained> {
    this.#stopping = true
    if (await this.#idleWithin(ms)) return { kind: 'finished' }

    const late = [...this.#active]
    for (const run of late) this.#stop(run)
    await this.#idleWithin(LAST_WORDS_MS)
    return { kind: 'stopped', runs: late.length }
  }

  /** Everything up to the first `await` happens at once: messages are kept and answered in the order of the calls. */
  async #accept(submission: Submission): Promise<Submitted> {
    if (this.#stopping) return refusedRun('stopping')
    const agent = this.#ports.agents().find(submission.agentId)
    if (agent === null) return refusedRun('unknown-agent')
    const waiting = this.#queues.get(submission.sessionKey)?.length ?? 0
    const leave = this.#room.take(submission.caller, waiting)
    if (leave === null) return refusedRun('busy')

    const started = this.#start(submission)
    this.#enqueue(agent, submission, { started, leave })
    const run = await started
    if (run instanceof ActiveRun) return { kind: 'accepted', run, repeated: false }
    return { kind: 'refused', why: 'store', detail: run.detail }
  }

  async #start(submission: Submission): Promise<ActiveRun | Unavailable> {
    const {
      agentId,
      sessionKey,
      message,
      caller,
      idempotencyKey: runId,
      again = false,
    } = submission
    const at = this.#ports.clock()
    const question = { sessionKey, agentId, runId, text: message, at, again }
    const kept = await this.#ports.conversations.ask(question)
    if (kept.kind === 'unavailable') {
      this.#ports.report(`the message of run ${runId} was refused`, kept.error)
      return kept
    }
    const { sessionId } = kept
    const turn = { runId, agentId, sessionKey, sessionId, message, caller, at }
    const run = new ActiveRun(turn, kept.turn, this.#ports.publish)
    this.#active.add(run)
    return run
  }

  #enqueue(
    agent: Agent,
    { sessionKey, callerNow }: Submission,
    { started, leave }: { started: Promise<ActiveRun | Unavailable>; leave: () => void },
  ): void {
    const queue = this.#queues.get(sessionKey) ?? { length: 0, tail: Promise.resolve() }
    this.#queues.set(sessionKey, queue)
    queue.length++
    queue.tail = queue.tail
      .then(() => started)
      .then((run) => this.#perform(agent, run, callerNow))
      // Whoever submitted it hears of the error; the next in line goes on.
      .catch(() => undefined)
      .then(() => {
        leave()
        queue.length--
        if (queue.length === 0) this.#queues.delete(sessionKey)
      })
  }

  async #perform(
    agent: Agent,
    run: ActiveRun | Unavailable,
    callerNow: Submission['callerNow'],
  ): Promise<void> {
    if (!(run instanceof ActiveRun)) return
    // The caller is told that it was accepted before anybody hears of the answer.
    await nextRound()
    const caller = callerNow === undefined ? run.turn.caller : callerNow()
    if (caller === null) return this.#stop(run)
    if (!run.begin()) return
    run.turn = { ...run.turn, caller }
    const end = await performTurn(agent, run, this.#ports)
    this.#active.delete(run)
    run.finish(end)
  }

  /** One that waits ends at once; one that goes on ends when what it said is kept. */
  #stop(run: ActiveRun): void {
    run.abort()
    if (!run.begin()) return
    this.#active.delete(run)
    run.tell({ kind: 'aborted', text: '' }, this.#ports.clock())
    run.finish({ kind: 'aborted', text: '', durationMs: 0 })
  }

  async #idleWithin(ms: number): Promise<boolean> {
    const idle = Promise.all([...this.#queues.values()].map(({ tail }) => tail))
    const timer = new AbortController()
    const timeout = sleep(ms, false, { signal: timer.signal }).catch(() => false)
    const result = await Promise.race([idle.then(() => true), timeout])
    timer.abort()
    return result
  }
}
