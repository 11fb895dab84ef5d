/** One command that a node was sent and has not answered: it ends once, by whatever comes first. */
import { randomUUID } from 'node:crypto'
import type { InvocationEnd, InvocationRequest, NodeConnection } from './types.ts'

export class ActiveInvocation {
  readonly id = randomUUID()
  readonly ended: Promise<InvocationEnd>
  readonly #node: NodeConnection
  readonly #settle: (end: InvocationEnd) => void
  readonly #timer: NodeJS.Timeout
  readonly #onGone = (): void => this.end({ kind: 'gone' })
  #waiting = 0
  #over = false

  constructor(request: InvocationRequest, node: NodeConnection) {
    const { promise, resolve } = Promise.withResolvers<InvocationEnd>()
    this.ended = promise
    this.#settle = resolve
    this.#node = node
    this.#timer = setTimeout(() => this.#giveUp({ kind: 'timeout' }), request.timeoutMs)
    node.gone.addEventListener('abort', this.#onGone, { once: true })
  }

  /** `key`: what the node may know the same request by. */
  send({ nodeId, command, paramsJSON, timeoutMs }: InvocationRequest, key: string): void {
    this.#node.send('node.invoke.request', {
      id: this.id,
      nodeId,
      command,
      ...(paramsJSON !== null && { paramsJSON }),
      timeoutMs,
      idempotencyKey: key,
    })
    if (this.#node.gone.aborted) this.#onGone()
  }

  /** An answer counts only from the very connection that was asked. */
  isOf(connectionId: string): boolean {
    return this.#node.connectionId === connectionId
  }

  /** Once the last one who waits is gone, the node is told to stop. */
  wait(signal: AbortSignal): Promise<InvocationEnd> {
    if (this.#over) return this.ended
    this.#waiting += 1
    const leave = (): void => {
      this.#waiting -= 1
      if (this.#waiting === 0) this.#giveUp({ kind: 'cancelled' })
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
    return this.ended.finally(() => signal.removeEventListener('abort', leave))
  }

  end(end: InvocationEnd): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    this.#node.gone.removeEventListener('abort', this.#onGone)
    this.#settle(end)
  }

  #giveUp(end: InvocationEnd): void {
    if (this.#over) return
    this.end(end)
    this.#node.send('node.invoke.cancel', { invokeId: this.id, nodeId: this.#node.nodeId })
  }
}
