/** One HTTP request as its operation sees it. */
import type { Decision, Evidence, MethodName, Principal } from '../access/types.ts'
import type { Call, Progress } from '../operations/types.ts'
import { ANYBODY } from './anybody.ts'
import { screen } from '../access/screen.ts'
import type { Asker } from './asker.ts'
import { connectionOf, type Connection } from './connection.ts'
import type { Exchange } from './dispatch.ts'
import { surfaceOf } from './entry.ts'
import type { EventStream } from './event-stream.ts'
import { covers } from './covers.ts'
import { collectEvidence } from './evidence.ts'
import type { Gateway } from './gateway.ts'
import { judgeAgain } from './identify.ts'
import type { Allowed } from './outcome.ts'

export class HttpCall implements Call, Asker {
  readonly requestId: string
  readonly principal: Principal
  readonly method: MethodName
  readonly clientAddress: string
  readonly surface: Call['surface']
  readonly evidence: Evidence
  readonly connectionId: null = null
  readonly #exchange: Exchange
  readonly #stream: EventStream | null
  #controller: AbortController | null = null

  constructor(exchange: Exchange, decision: Allowed | null, stream: EventStream | null) {
    this.requestId = exchange.requestId
    this.principal = decision?.principal ?? ANYBODY
    this.method = decision?.method ?? 'none'
    this.clientAddress = decision?.clientAddress ?? exchange.evidence.clientAddress
    this.surface = surfaceOf(exchange.evidence)
    this.evidence = exchange.evidence
    this.#exchange = exchange
    this.#stream = stream
  }

  /** Made when somebody asks: a signal for every read would cost more than the read. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      const controller = new AbortController()
      this.#controller = controller
      const { response } = this.#exchange
      if (response.destroyed) controller.abort()
      else response.once('close', () => controller.abort())
    }
    return this.#controller.signal
  }

  /** For a judgement on top of the one that let this call in: the login's. */
  get connection(): Connection {
    return connectionOf(this.#exchange.request.socket)
  }

  get generation(): number {
    return this.#exchange.generation
  }

  async allowedBy(gateway: Gateway): Promise<boolean> {
    const collected = collectEvidence(this.#exchange.request, 'http', gateway.network())
    if (collected.kind === 'malformed') return false
    const { evidence } = collected
    if (screen(evidence, gateway.access().policy, 'operation') !== null) return false
    return covers(await judgeAgain(evidence, this.connection, gateway), this.principal)
  }

  /** What a login found out about its caller: for the record. */
  judged(decision: Decision): void {
    this.#exchange.judged = decision
  }

  emit(progress: Progress): void {
    this.#stream?.emit(progress)
  }
}
