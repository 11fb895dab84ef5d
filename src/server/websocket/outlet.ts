/** The way out of one connection: numbered events, answers sent in one go, and an end for slow readers. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { closeReason } from './close-reason.ts'
import type { SharedEvent } from './frame-text.ts'

export class Outlet {
  readonly #webSocket: WebSocket
  readonly #socket: Socket
  readonly #bufferedBytes: number
  #seq = 0
  #corked = false
  #ended = false

  /** `bufferedBytes`: what may wait for the reader before it is cut off. */
  constructor(webSocket: WebSocket, socket: Socket, bufferedBytes: number) {
    this.#webSocket = webSocket
    this.#socket = socket
    this.#bufferedBytes = bufferedBytes
  }

  /** Nothing is sent any more, and nothing that still comes in counts (R45). */
  get ended(): boolean {
    return this.#ended
  }

  send(text: string): void {
    if (this.#ended) return
    this.#cork()
    this.#webSocket.send(text)
    if (this.#webSocket.bufferedAmount > this.#bufferedBytes) this.#tooSlow()
  }

  /** An event that is left out still takes its number, so that the client sees the gap (PROTOCOL 1.5). */
  publish(event: SharedEvent, droppable: boolean): void {
    if (this.#ended) return
    this.#seq += 1
    const waiting = this.#webSocket.bufferedAmount
    if (droppable && waiting > this.#bufferedBytes / 2) return
    this.#cork()
    this.#webSocket.send(event.numbered(this.#seq), { binary: false })
    if (this.#webSocket.bufferedAmount > this.#bufferedBytes) this.#tooSlow()
  }

  close(code: number, reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#webSocket.close(code, closeReason(reason))
  }

  #tooSlow(): void {
    this.close(1008, 'slow consumer')
  }

  /** What is written until the end of this turn leaves in one write, however many frames came in one read. */
  #cork(): void {
    if (this.#corked) return
    this.#corked = true
    this.#socket.cork()
    process.nextTick(() => {
      this.#corked = false
      this.#socket.uncork()
    })
  }
}
