/** One authenticated WebSocket: takes its requests, answers them, and hears events. */
import { holds } from '../../access/scopes.ts'
import { isConversationOf, ownKey } from '../../operations/own-conversation.ts'
import type { GatewayEvent } from '../../operations/types.ts'
import { principalName, surfaceOf } from '../entry.ts'
import type { Allowed } from '../outcome.ts'
import { errorText, type WireError } from './frame-text.ts'
import { parseFrame } from './frames.ts'
import type { Admitted } from './judge-connect.ts'
import { Outlet } from './outlet.ts'
import type { Parts } from './parts.ts'
import { answerRequest } from './answer-request.ts'
import type { Upgraded } from './upgraded.ts'

/** Calls in a row that no scope could have allowed, after which a client is cut off (PROTOCOL 4.2). */
const MAX_ROLE_REFUSALS = 11
/** How long a dismissed connection may wait for answers that are being made: its own revocation, for one. */
const DISMISS_MS = 500
/** How often at most a busy connection counts as a use of its credential. */
const USE_MS = 1_000

export class LiveConnection {
  readonly upgraded: Upgraded
  readonly admitted: Admitted
  readonly parts: Parts
  readonly outlet: Outlet
  /** The handshake's decision. Its wrong guesses are recorded with the handshake alone. */
  readonly decision: Allowed
  readonly principalName: string
  readonly surface: 'http' | 'websocket' | 'owner'
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
  /** The peer has shown a sign of life since the last ping. */
  alive = true
  /** A web chat's only one; `null` for other roles. */
  readonly #ownConversation: string | null
  #requests = 0
  #gone: AbortController | null = null
  #left = false
  #bytes = 0
  #roleRefusals = 0
  #usedAt: number
  #silentGarbage = false
  #takenBytes = -1
  #dismissed: (() => void) | null = null

  constructor(upgraded: Upgraded, admitted: Admitted, parts: Parts) {
    const { webSocket, socket } = upgraded
    this.upgraded = upgraded
    this.admitted = admitted
    this.parts = parts
    this.decision = { ...admitted.decision, failures: [] }
    this.principalName = principalName(admitted.decision)
    this.surface = surfaceOf(admitted.evidence)
    this.outlet = new Outlet(webSocket, socket, parts.limits.bufferedBytes)
    const { principal } = admitted.decision
    this.#ownConversation = principal.role === 'webchat' ? ownKey(principal) : null
    this.connectedAt = parts.gateway.clock()
    this.#usedAt = this.connectedAt
  }

  /** Fires when the connection is gone. Made when somebody asks: most requests never do. */
  get gone(): AbortSignal {
    this.#gone ??= new AbortController()
    if (this.#left) this.#gone.abort()
    return this.#gone.signal
  }

  /** Bytes that wait for this reader. */
  get waitingBytes(): number {
    return this.upgraded.webSocket.bufferedAmount
  }

  /** Something waits, and the kernel took none of it since the last look: the reader must not keep it in our memory. */
  stalled(): boolean {
    const { socket } = this.upgraded
    const taken = socket.bytesWritten - socket.writableLength
    const stalled = this.waitingBytes > 0 && taken === this.#takenBytes
    this.#takenBytes = taken
    return stalled
  }

  /** The peer is gone, or has nothing to expect any more. */
  leave(): void {
    this.#left = true
    this.#gone?.abort()
  }

  /** Its ground is gone: nothing that comes in counts any more, and it ends once its last answer is sent, or soon (R45). */
  dismiss(code: number, reason: string): void {
    if (this.#dismissed !== null) return
    this.leave()
    this.#dismissed = () => this.outlet.close(code, reason)
    if (this.busy) setTimeout(this.#dismissed, DISMISS_MS).unref()
    else this.#dismissed()
  }

  /** It has been told to go, or is gone: nothing new is begun with it. */
  get leaving(): boolean {
    return this.#left || this.outlet.ended
  }

  /** Requests whose answer is still being made. */
  get busy(): boolean {
    return this.#requests > 0
  }

  receive(data: Buffer, binary: boolean): void {
    if (this.outlet.ended || this.#dismissed !== null) return
    this.alive = true
    const frame = parseFrame(data, binary)
    switch (frame.kind) {
      case 'request':
        return answerRequest(this, frame, data.length)
      case 'not-utf8':
        return this.outlet.close(1007, '')
      case 'not-json':
        return this.#ignore()
      case 'not-a-request': {
        const message = `invalid request frame: ${frame.problem}`
        return this.refuse(frame.id, { code: 'INVALID_REQUEST', message })
      }
    }
  }

  refuse(id: string, error: WireError): void {
    this.outlet.send(errorText(id, error))
  }

  hears({ scope, session }: Pick<GatewayEvent, 'scope' | 'session'>): boolean {
    if (this.#dismissed !== null) return false
    if (scope === null || holds(this.decision.principal.scopes, scope)) return true
    const own = this.#ownConversation
    return own !== null && session !== undefined && isConversationOf(own, session)
  }

  /** Room for one more request that is not answered at once. */
  hasRoom(bytes: number): boolean {
    const { requestsInFlight, bytesInFlight } = this.parts.limits
    return this.#requests < requestsInFlight && this.#bytes + bytes <= bytesInFlight
  }

  began(bytes: number): void {
    this.#requests += 1
    this.#bytes += bytes
  }

  finished(bytes: number): void {
    this.#requests -= 1
    this.#bytes -= bytes
    if (this.#requests === 0) this.#dismissed?.()
  }

  /** A busy connection uses its credential: a rotation asks who still does, a session stays awake. */
  used(now: number): void {
    if (Math.abs(now - this.#usedAt) < USE_MS) return
    this.#usedAt = now
    this.parts.gateway.onAllowed(this.decision, this.admitted.evidence.agent)
  }

  /** A client in the wrong role does not stop by itself. */
  countRoleRefusal(refused: boolean): void {
    this.#roleRefusals = refused ? this.#roleRefusals + 1 : 0
    if (this.#roleRefusals >= MAX_ROLE_REFUSALS)
      this.outlet.close(1008, 'repeated unauthorized calls')
  }

  /** The wire's clients are never told (PROTOCOL 1.3); the log says so once a connection. */
  #ignore(): void {
    if (this.#silentGarbage) return
    this.#silentGarbage = true
    this.parts.gateway.log.info(
      `ignored a frame of connection ${this.upgraded.connectionId} that is not JSON`,
    )
  }
}
