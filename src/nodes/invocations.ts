/** Commands that run on nodes: each is sent once, answered by the node it was sent to, and bounded in number, time and size. */
import { hash } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { ActiveInvocation } from './active-invocation.ts'
import { RecentInvocations } from './recent-invocations.ts'
import type { Begun, InvocationRequest, NodeAnswer, NodeConnection } from './types.ts'

/** Commands that one node is running at once. */
export const MOST_OF_ONE_NODE = 32
/** In UTF-16 units. */
export const MAX_PARAMS_LENGTH = 1024 * 1024
export const MAX_ANSWER_LENGTH = 8 * 1024 * 1024

export class NodeInvocations {
  readonly #active = new Map<string, ActiveInvocation>()
  readonly #perNode = new Map<string, number>()
  readonly #recent: RecentInvocations

  constructor(clock: Clock) {
    this.#recent = new RecentInvocations(clock)
  }

  /** What the same caller asked before with the same key; `null`: nothing. Needs no node any more. */
  earlier(request: InvocationRequest): Begun | null {
    const found = this.#recent.find(keyOf(request), digestOf(request))
    if (found === null) return null
    if (found === 'other') return { kind: 'key-reused' }
    if (found.kind === 'ended') return { kind: 'begun', wait: () => Promise.resolve(found.end) }
    return { kind: 'begun', wait: (signal) => found.invocation.wait(signal) }
  }

  /** At once: two calls with one key cannot both get here before one is known to {@link earlier}. */
  begin(request: InvocationRequest, node: NodeConnection): Begun {
    const { nodeId } = request
    const running = this.#perNode.get(nodeId) ?? 0
    if (running >= MOST_OF_ONE_NODE || !this.#recent.hasRoom()) return { kind: 'busy' }

    const invocation = new ActiveInvocation(request, node)
    const key = keyOf(request)
    this.#active.set(invocation.id, invocation)
    this.#perNode.set(nodeId, running + 1)
    this.#recent.keep(key, digestOf(request), invocation)
    void invocation.ended.then(() => this.#over(invocation, nodeId))
    // Two callers may choose one key: the node must not take one's request for the other's.
    invocation.send(request, key)
    return { kind: 'begun', wait: (signal) => invocation.wait(signal) }
  }

  /** `false`, and nothing changes: there is no such invocation, or another connection was asked, or it is over. */
  answer({ id, end }: NodeAnswer, connectionId: string): boolean {
    const invocation = this.#active.get(id)
    if (invocation === undefined || !invocation.isOf(connectionId)) return false
    this.#active.delete(id)
    invocation.end(end)
    return true
  }

  #over({ id }: ActiveInvocation, nodeId: string): void {
    this.#active.delete(id)
    const left = (this.#perNode.get(nodeId) ?? 1) - 1
    if (left > 0) this.#perNode.set(nodeId, left)
    else this.#perNode.delete(nodeId)
  }
}

function keyOf({ owner, nodeId, idempotencyKey }: InvocationRequest): string {
  return hash('sha256', JSON.stringify([owner, nodeId, idempotencyKey]))
}

function digestOf({ command, paramsJSON, timeoutMs }: InvocationRequest): string {
  return hash('sha256', JSON.stringify([command, paramsJSON, timeoutMs]))
}
