/** One request frame as its operation sees it. */
import type { Evidence, MethodName, Principal } from '../../access/types.ts'
import type { Call, Progress } from '../../operations/types.ts'
import type { Asker } from '../asker.ts'
import type { Connection } from '../connection.ts'
import type { Gateway } from '../gateway.ts'
import { stillAllowed } from './judge-again.ts'
import { resultText } from './frame-text.ts'
import type { LiveConnection } from './live-connection.ts'

export class FrameCall implements Call, Asker {
  readonly requestId: string
  readonly principal: Principal
  readonly method: MethodName
  readonly clientAddress: string
  readonly surface: Call['surface']
  readonly evidence: Evidence
  readonly connectionId: string
  readonly #connection: LiveConnection
  readonly #frameId: string

  /** `frameId`: the client's name for this request. */
  constructor(connection: LiveConnection, requestId: string, frameId: string) {
    const { decision, admitted, upgraded, surface } = connection
    this.requestId = requestId
    this.principal = decision.principal
    this.method = decision.method
    this.clientAddress = decision.clientAddress
    this.surface = surface
    this.evidence = admitted.evidence
    this.connectionId = upgraded.connectionId
    this.#connection = connection
    this.#frameId = frameId
  }

  /** For a judgement on top of the one that let this connection in. */
  get connection(): Connection {
    return this.#connection.upgraded.connection
  }

  get generation(): number {
    return this.#connection.upgraded.generation
  }

  allowedBy(gateway: Gateway): Promise<boolean> {
    const { upgraded, admitted, decision, parts } = this.#connection
    return stillAllowed({ upgraded, admitted, decision, parts: { ...parts, gateway } })
  }

  get signal(): AbortSignal {
    return this.#connection.gone
  }

  /** An early answer with the same id; what grows is told by events (PROTOCOL 5.3). */
  emit(progress: Progress): void {
    if (progress.kind !== 'accepted') return
    this.#connection.outlet.send(resultText(this.#frameId, progress.payload))
  }
}
