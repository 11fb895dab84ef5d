/** Runs what a gateway asks for, if it is on this machine's own list: the gateway's word alone runs nothing (decision 011). */
import type { Clock } from '../core/clock.ts'
import { extraArgsOf, readCancel, readInvokeRequest, type InvokeRequest } from './invoke-request.ts'
import { runCommand, type Surroundings } from './run-command.ts'
import { SeenRequests } from './seen-requests.ts'
import type { FailureCode, NodeCommands, Outcome, Tell } from './types.ts'

/** Commands that run at once. */
export const MOST_AT_ONCE = 8
const NO_LIMIT_MS = 2 ** 31 - 1

export interface NodeHostParts extends Surroundings {
  readonly deviceId: string
  readonly commands: NodeCommands
  readonly clock: Clock
  readonly tell: Tell
}

/** Takes `node.invoke.result` to the gateway that asked; rejects when it does not take it. */
export type Answer = (result: object) => Promise<unknown>

export class NodeHost {
  readonly #parts: NodeHostParts
  readonly #seen: SeenRequests
  readonly #running = new Map<
    string,
    { readonly stop: AbortController; readonly over: Promise<void> }
  >()
  #stopping = false

  constructor(parts: NodeHostParts) {
    this.#parts = parts
    this.#seen = new SeenRequests(parts.clock)
  }

  /** `node.invoke.request`. */
  request(payload: unknown, answer: Answer): void {
    const request = readInvokeRequest(payload)
    if (request === null || request.nodeId !== this.#parts.deviceId) return
    const seen = this.#seen.see(request)
    if (seen === 'again') return
    const stop = new AbortController()
    const begun = performance.now()
    const outcome =
      seen === 'other-invocation'
        ? failed('duplicate', 'it was asked before with the same key: it does not run twice')
        : this.#run(request, stop.signal)
    const over = this.#end(request, { outcome, begun, answer })
    this.#running.set(request.id, { stop, over })
  }

  /** `node.invoke.cancel`. */
  cancel(payload: unknown): void {
    this.#running.get(readCancel(payload) ?? '')?.stop.abort()
  }

  /** Ends all that runs, and takes nothing more. */
  async stop(): Promise<void> {
    this.#stopping = true
    const running = [...this.#running.values()]
    for (const { stop } of running) stop.abort()
    await Promise.all(running.map(({ over }) => over))
  }

  #run(request: InvokeRequest, cancelled: AbortSignal): Outcome | Promise<Outcome> {
    const { commands, groups, env } = this.#parts
    const command = commands.get(request.command)
    if (command === undefined) return failed('not-allowed', 'this node does not allow that command')
    const extra = extraArgsOf(request, command)
    if (extra.kind === 'failed') return extra
    if (this.#stopping) return failed('cancelled', 'this node is stopping')
    if (this.#running.size >= MOST_AT_ONCE)
      return failed('busy', `this node runs ${MOST_AT_ONCE} commands at once: try again`)
    if (command.kind === 'built-in') return { kind: 'done', payload: command.answer() }
    const timeoutMs = request.timeoutMs ?? NO_LIMIT_MS
    return runCommand(command, { extraArgs: extra.args, groups, env, timeoutMs, cancelled })
  }

  async #end(
    { id, nodeId, command }: InvokeRequest,
    {
      outcome,
      begun,
      answer,
    }: {
      readonly outcome: Outcome | Promise<Outcome>
      readonly begun: number
      readonly answer: Answer
    },
  ): Promise<void> {
    const end = await outcome
    const durationMs = Math.round(performance.now() - begun)
    // The gateway has answered for us once we were gone, or too slow: then there is nobody to tell.
    const delivered = await answer({ id, nodeId, ...resultOf(end) }).then(
      () => true,
      () => false,
    )
    this.#running.delete(id)
    this.#parts.tell({ kind: 'invoked', command, outcome: end, durationMs, delivered })
  }
}

function resultOf(outcome: Outcome): object {
  if (outcome.kind === 'done') return { ok: true, payloadJSON: JSON.stringify(outcome.payload) }
  const { code, message } = outcome
  return { ok: false, error: { code, message } }
}

function failed(code: FailureCode, message: string): Extract<Outcome, { kind: 'failed' }> {
  return { kind: 'failed', code, message }
}
