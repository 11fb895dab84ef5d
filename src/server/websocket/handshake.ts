/** The time between an open socket and a known client: a challenge, one `connect`, an answer (PROTOCOL 2.1). */
import { WebSocket } from 'ws'
import { randomUUID } from 'node:crypto'
import { refused } from '../outcome.ts'
import { closeReason } from './close-reason.ts'
import type { RequestTrace } from '../gateway.ts'
import { recordConnect } from './connect-entry.ts'
import { NOT_CONNECT } from './connect-errors.ts'
import { directEventText, errorText, traced, type WireError } from './frame-text.ts'
import { parseFrame, type RequestFrame } from './frames.ts'
import { stillAllowed } from './judge-again.ts'
import {
  changedMeanwhile,
  judgeConnect,
  type Admitted,
  type ConnectVerdict,
} from './judge-connect.ts'
import type { Parts } from './parts.ts'
import type { Upgraded } from './upgraded.ts'

export interface HandshakeOptions {
  readonly parts: Parts
  /** How often rules were changed or approvals withdrawn: whoever was judged before the last time is judged again. */
  readonly judgements: { readonly count: number }
  /** Takes over: what came in the meantime is handed on in order. `id`: of the `connect` request. */
  readonly onAdmitted: (admitted: Admitted, id: string, early: readonly EarlyFrame[]) => void
  /** Called once, whatever the end: admitted, refused, timed out or gone. */
  readonly onOver: () => void
}

export interface EarlyFrame {
  readonly data: Buffer
  readonly binary: boolean
}

export class Handshake {
  readonly #upgraded: Upgraded
  readonly #options: HandshakeOptions
  readonly #early: EarlyFrame[] = []
  readonly #timer: NodeJS.Timeout
  readonly #nonce = randomUUID()
  #stage: 'waiting' | 'judging' | 'over' = 'waiting'
  #trace: RequestTrace | null = null
  #judgedAt = 0

  constructor(upgraded: Upgraded, options: HandshakeOptions) {
    this.#upgraded = upgraded
    this.#options = options
    const { gateway, limits } = options.parts
    this.#timer = setTimeout(() => this.#close(1000, ''), limits.handshakeMs)
    const challenge = { nonce: this.#nonce, ts: Math.trunc(gateway.clock()) }
    upgraded.webSocket.send(directEventText('connect.challenge', challenge))
  }

  receive(data: Buffer, binary: boolean): void {
    switch (this.#stage) {
      case 'waiting':
        return this.#first(data, binary)
      case 'judging':
        return this.#keep(data, binary)
      case 'over':
        return
    }
  }

  /** The peer is gone, or the gateway stops. */
  abandon(): void {
    if (this.#stage === 'over') return
    this.#stage = 'over'
    clearTimeout(this.#timer)
    this.#early.length = 0
    this.#options.onOver()
  }

  close(code: number, reason: string): void {
    this.#close(code, reason)
  }

  #first(data: Buffer, binary: boolean): void {
    const frame = parseFrame(data, binary)
    switch (frame.kind) {
      case 'not-utf8':
        return this.#close(1007, '')
      case 'not-json':
        return this.#close(1000, '')
      case 'not-a-request':
        return this.#close(1008, 'invalid request frame')
      case 'request':
        return frame.method === 'connect' ? this.#judge(frame) : this.#refuseOther(frame)
    }
  }

  #keep(data: Buffer, binary: boolean): void {
    if (this.#early.length < this.#options.parts.limits.earlyFrames)
      return void this.#early.push({ data, binary })
    this.#close(1008, 'too many pending handshake frames')
  }

  #judge({ id, params }: RequestFrame): void {
    this.#stage = 'judging'
    this.#judgedAt = this.#options.judgements.count
    this.#trace = this.#options.parts.gateway.tracer.begin()
    const verdict = judgeConnect(params, this.#upgraded, {
      parts: this.#options.parts,
      nonce: this.#nonce,
    })
    if (!(verdict instanceof Promise)) return this.#conclude(id, verdict)
    verdict
      .then((settled) => this.#conclude(id, settled))
      .catch((error: unknown) => this.#fail(id, error))
  }

  #conclude(id: string, verdict: ConnectVerdict): void {
    const { parts, judgements, onAdmitted } = this.#options
    if (verdict.kind === 'admitted') {
      if (judgements.count !== this.#judgedAt) return this.#judgeLate(id, verdict)
      // Whoever left meanwhile is on the record all the same: its credential was judged.
      recordConnect(parts.gateway, { ...verdict, outcome: LET_IN, trace: this.#trace })
      if (this.#stage === 'over') return
      const early = [...this.#early]
      this.abandon()
      return onAdmitted(verdict, id, early)
    }
    const recordId = recordConnect(parts.gateway, { ...verdict, trace: this.#trace })
    this.#refuse(id, verdict.error, recordId)
    this.#close(verdict.closeCode, closeTextOf(verdict))
  }

  /** What it was let in by may be gone by now: nobody hears a hello for that, and no frame of theirs counts (R45). */
  #judgeLate(id: string, admitted: Admitted): void {
    const { parts, judgements } = this.#options
    this.#judgedAt = judgements.count
    stillAllowed({ upgraded: this.#upgraded, admitted, decision: admitted.decision, parts })
      .then((allowed) => this.#conclude(id, allowed ? admitted : changedMeanwhile(admitted)))
      .catch((error: unknown) => this.#fail(id, error))
  }

  #refuseOther({ id }: RequestFrame): void {
    const { evidence } = this.#upgraded
    const outcome = refused('invalid_input', NOT_CONNECT.message)
    const { gateway } = this.#options.parts
    this.#refuse(id, NOT_CONNECT, recordConnect(gateway, { evidence, decision: null, outcome }))
    this.#close(1008, NOT_CONNECT.message)
  }

  /** A bug or an outage: nobody gets in, and nobody hears why. */
  #fail(id: string, error: unknown): void {
    const { gateway } = this.#options.parts
    gateway.log.failure(`the handshake of ${this.#upgraded.connectionId} failed`, error)
    const { evidence } = this.#upgraded
    const outcome = { kind: 'failed' } as const
    const told = { evidence, decision: null, outcome, trace: this.#trace }
    const message = 'something went wrong on our side'
    const fault: WireError = { code: 'UNAVAILABLE', message, retryable: true }
    this.#refuse(id, fault, recordConnect(gateway, told))
    this.#close(1011, '')
  }

  /** Whoever is turned away can ask why on the gateway's host. */
  #refuse(id: string, error: WireError, recordId: string): void {
    if (this.#stage === 'over') return
    this.#upgraded.webSocket.send(errorText(id, traced(error, recordId)))
  }

  #close(code: number, reason: string): void {
    if (this.#stage === 'over') return
    this.abandon()
    const { webSocket } = this.#upgraded
    if (webSocket.readyState === WebSocket.OPEN) webSocket.close(code, closeReason(reason))
  }
}

const LET_IN = { kind: 'served', output: null } as const

/** The close frame says what the answer says; a version, a start and a stop have words of their own (PROTOCOL 1.6). */
function closeTextOf(refused: Extract<ConnectVerdict, { kind: 'refused' }>): string {
  const { error, closeCode, closeReason: more } = refused
  if (closeCode !== 1013) return more ?? error.message
  return error.retryAfterMs === undefined ? 'gateway restart in progress' : 'gateway starting'
}
