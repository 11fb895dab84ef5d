/**
 * One WebSocket to Discord's gateway, from HELLO to its end. The library would connect again by itself, and forget the
 * session whenever the network was away: so its `destroy`, which all of its ways out lead to, ends here, and whoever made
 * the connection decides what comes next.
 */
import {
  CloseCodes,
  WebSocketShard,
  WebSocketShardDestroyRecovery,
  WebSocketShardEvents,
  type IContextFetchingStrategy,
  type WebSocketShardDestroyOptions,
} from '@discordjs/ws'
import { GatewayCloseCodes, type GatewayDispatchPayload } from '@discordjs/core/http-only'
import { WebSocket } from 'ws'
import type { Session } from './session.ts'

/** Of a RESUME that is never answered the library waits for ever. */
const LIVE_WITHIN_MS = 45_000
const CLOSE_WITHIN_MS = 2_000

export interface End {
  /** Discord said that we are connected. */
  readonly live: boolean
  /** With which Discord closed it; `null` when it was not Discord. */
  readonly code: number | null
}

export interface ConnectionEvents {
  readonly live: () => void
  readonly dispatch: (event: GatewayDispatchPayload) => void
}

export class Connection extends WebSocketShard {
  readonly ended: Promise<End>
  readonly #end: (end: End) => void
  readonly #session: Session
  readonly #deadline: NodeJS.Timeout
  #live = false
  #code: number | null = null
  #closing: Promise<void> | null = null

  constructor(
    options: IContextFetchingStrategy['options'],
    identifyTurn: IContextFetchingStrategy['waitForIdentify'],
    session: Session,
    { live, dispatch }: ConnectionEvents,
  ) {
    super(
      {
        options,
        retrieveSessionInfo: () => session.info(),
        // The library counts an event as read before anybody has seen it. We count ourselves.
        updateSessionInfo: (_id, info) => {
          if (info !== null) session.began(info)
        },
        waitForIdentify: identifyTurn,
      },
      0,
    )
    const { promise, resolve } = Promise.withResolvers<End>()
    this.ended = promise
    this.#end = resolve
    this.#session = session
    this.#deadline = setTimeout(() => void this.destroy(), LIVE_WITHIN_MS)
    const becameLive = (): void => {
      clearTimeout(this.#deadline)
      this.#live = true
      live()
    }
    this.on(WebSocketShardEvents.Ready, becameLive)
    this.on(WebSocketShardEvents.Resumed, becameLive)
    this.on(WebSocketShardEvents.Dispatch, dispatch)
    // Without an ear for them they would end the process; the code of the close says the same.
    this.on(WebSocketShardEvents.Error, () => undefined)
    this.on(WebSocketShardEvents.SocketError, () => undefined)
    this.on(WebSocketShardEvents.Closed, (code) => {
      if (this.#closing === null) this.#code = code
      void this.destroy({ recover: WebSocketShardDestroyRecovery.Resume })
    })
  }

  /** Resolves when the socket is gone. */
  override destroy(options: WebSocketShardDestroyOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options)
    return this.#closing
  }

  async #close({ recover, code }: WebSocketShardDestroyOptions): Promise<void> {
    clearTimeout(this.#deadline)
    // Only for a session that Discord declared invalid does the library ask for a new one without naming a code.
    const invalid = recover === WebSocketShardDestroyRecovery.Reconnect && code === undefined
    if (invalid || this.#code === GatewayCloseCodes.InvalidSeq) this.#session.forget()
    const socket = this['connection'] as WebSocket | null
    // The library takes its own ear off, and an error that nobody hears ends the process.
    socket?.on('error', () => undefined)
    const patience = setTimeout(() => socket?.terminate(), CLOSE_WITHIN_MS)
    // Any code but 1000 and 1001 lets the session be gone on with.
    await super.destroy({ code: CloseCodes.Resuming })
    clearTimeout(patience)
    // The library leaves alone what is not open yet.
    if (socket !== null && socket.readyState !== WebSocket.CLOSED)
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve())
        socket.terminate()
      })
    // Whatever in the library still waits for its turn or an answer gives up at this word.
    this.emit(WebSocketShardEvents.Closed, CloseCodes.Resuming)
    this.#end({ live: this.#live, code: this.#code })
  }
}
