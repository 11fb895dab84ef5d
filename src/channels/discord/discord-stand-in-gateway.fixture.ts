/** For tests: Discord's gateway on loopback, its sessions and what it tells again (https://discord.com/developers/docs/topics/gateway). */
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { GatewayCloseCodes, GatewayOpcodes } from '@discordjs/core/http-only'
import { WebSocketServer, type WebSocket } from 'ws'

interface Told {
  readonly op: typeof GatewayOpcodes.Dispatch
  readonly s: number
  readonly t: string
  readonly d: unknown
}

interface Session {
  readonly id: string
  readonly told: Told[]
  /** Told before the oldest in `told`, and forgotten. */
  sequence: number
  socket: WebSocket | null
}

/** What a client says, as far as we look at it. */
interface Said {
  readonly op: GatewayOpcodes
  readonly d: null | number | Readonly<Record<string, unknown>>
}

export interface GatewayWishes {
  readonly token: string
  readonly user: unknown
  readonly address: () => string
  /** Bits that the operator switched on in the portal, with those that need no switch. */
  readonly allowedIntents: number
  readonly upgrade: (() => void) | undefined
}

export class StandInGateway {
  readonly #sockets: WebSocketServer
  readonly #sessions = new Map<string, Session>()
  readonly #wishes: GatewayWishes
  readonly #held = new Set<Duplex>()
  /** How connections began, in order. */
  readonly entries: ('identify' | 'resume')[] = []
  /** Codes with which clients closed theirs. */
  readonly left: number[] = []
  /** Last sequence that each RESUME named. */
  readonly resumedFrom: number[] = []
  /** What each heartbeat said is the last event. */
  readonly beats: (number | null)[] = []
  /** Takes connections, and never says HELLO. */
  silent = false
  heartbeatMs = 45_000

  constructor(server: Server, wishes: GatewayWishes) {
    this.#wishes = wishes
    this.#sockets = new WebSocketServer(
      wishes.upgrade === undefined ? { server } : { noServer: true },
    )
    if (wishes.upgrade !== undefined)
      server.on('upgrade', (_request, socket) => {
        this.#held.add(socket)
        socket.on('close', () => this.#held.delete(socket))
        socket.on('end', () => socket.end())
        socket.on('error', () => undefined).resume()
        wishes.upgrade?.()
      })
    this.#sockets.on('connection', (socket) => this.#hear(socket))
  }

  get open(): number {
    return this.#sockets.clients.size + this.#held.size
  }

  /** Messages that no client said it has: they are told again. */
  get owed(): number {
    const told = [...this.#sessions.values()].flatMap((session) => session.told)
    return told.filter(({ t }) => t === 'MESSAGE_CREATE').length
  }

  /** To every session; whoever is not connected hears it on RESUME. */
  tell(t: string, d: unknown): void {
    for (const session of this.#sessions.values()) this.#tellOne(session, t, d)
  }

  /** As when a cable is pulled. */
  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  /** `RECONNECT`. */
  askToReconnect(): void {
    this.#sayAll({ op: GatewayOpcodes.Reconnect, d: null })
  }

  closeAll(code: number): void {
    for (const socket of this.#sockets.clients) socket.close(code)
  }

  /** As after a long absence: whoever resumes hears that there is nothing to go on with. */
  forgetSessions(): void {
    this.#sessions.clear()
  }

  stop(): void {
    this.drop()
    for (const socket of this.#held) socket.destroy()
    this.#sockets.close()
  }

  #hear(socket: WebSocket): void {
    if (this.silent) return
    say(socket, { op: GatewayOpcodes.Hello, d: { heartbeat_interval: this.heartbeatMs } })
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#answer(socket, JSON.parse(data.toString()) as Said)
    })
    socket.on('close', (code) => {
      this.left.push(code)
      for (const session of this.#sessions.values()) {
        if (session.socket !== socket) continue
        session.socket = null
        if (code === 1000 || code === 1001) this.#sessions.delete(session.id)
      }
    })
  }

  #answer(socket: WebSocket, { op, d }: Said): void {
    if (op === GatewayOpcodes.Heartbeat) return this.#heartbeat(socket, d)
    if (typeof d !== 'object' || d === null) return socket.close(GatewayCloseCodes.DecodeError)
    if (d['token'] !== this.#wishes.token)
      return socket.close(GatewayCloseCodes.AuthenticationFailed)
    if (op === GatewayOpcodes.Identify) return this.#identify(socket, Number(d['intents']))
    if (op === GatewayOpcodes.Resume)
      return this.#resume(socket, String(d['session_id']), Number(d['seq']))
    socket.close(GatewayCloseCodes.UnknownOpcode)
  }

  /** What a client says that it has is not told again. */
  #heartbeat(socket: WebSocket, d: Said['d']): void {
    this.beats.push(typeof d === 'number' ? d : null)
    for (const session of this.#sessions.values()) {
      if (session.socket !== socket || typeof d !== 'number') continue
      session.told.splice(0, session.told.findLastIndex(({ s }) => s <= d) + 1)
    }
    say(socket, { op: GatewayOpcodes.HeartbeatAck })
  }

  #identify(socket: WebSocket, intents: number): void {
    if ((intents & ~this.#wishes.allowedIntents) !== 0)
      return socket.close(GatewayCloseCodes.DisallowedIntents)
    this.entries.push('identify')
    const session: Session = { id: randomUUID(), told: [], sequence: 0, socket }
    this.#sessions.set(session.id, session)
    this.#tellOne(session, 'READY', {
      v: 10,
      user: this.#wishes.user,
      guilds: [],
      session_id: session.id,
      resume_gateway_url: this.#wishes.address(),
      application: { id: '900000000000000009', flags: 0 },
    })
  }

  #resume(socket: WebSocket, id: string, sequence: number): void {
    this.entries.push('resume')
    this.resumedFrom.push(sequence)
    const session = this.#sessions.get(id)
    if (session === undefined) return say(socket, { op: GatewayOpcodes.InvalidSession, d: false })
    if (sequence > session.sequence) return socket.close(GatewayCloseCodes.InvalidSeq)
    session.socket = socket
    for (const event of session.told) if (event.s > sequence) say(socket, event)
    this.#tellOne(session, 'RESUMED', {})
  }

  #tellOne(session: Session, t: string, d: unknown): void {
    session.sequence += 1
    const event: Told = { op: GatewayOpcodes.Dispatch, s: session.sequence, t, d }
    session.told.push(event)
    if (session.socket !== null) say(session.socket, event)
  }

  #sayAll(frame: unknown): void {
    for (const socket of this.#sockets.clients) say(socket, frame)
  }
}

function say(socket: WebSocket, frame: unknown): void {
  socket.send(JSON.stringify(frame))
}
