/** For tests: a real server in the gateway's place, on a Unix socket or on a port of this host, that speaks the documented wire and insists on it. */
import { ConnectParamsSchema, RequestFrameSchema } from '@openclaw/gateway-protocol/schema'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Check } from 'typebox/value'
import { WebSocketServer, type WebSocket } from 'ws'
import { z } from 'zod'

export interface Received {
  readonly method: string
  readonly params?: unknown
}

/** What a client says of itself, and the upgrade that it came with. */
export interface Connect {
  readonly auth?: Readonly<Record<string, string>> | undefined
  readonly scopes: readonly string[]
  readonly client: Readonly<Record<string, string>>
  readonly role: string
  readonly device?: Readonly<Record<string, unknown>> | undefined
  readonly nonce: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

export interface WireError {
  readonly code: string
  readonly message: string
  readonly details?: object
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}

export type Reply =
  /** `accepted`: said first, under the same id. */
  | { readonly payload: unknown; readonly accepted?: object }
  | { readonly error: WireError }
  /** Takes the request and never answers. */
  | 'hang'
  /** Takes the request and hangs up. */
  | 'close'

export type Answering = (request: Received) => Reply | Promise<Reply>

export interface StandInOptions {
  /** In place of a hello. `silent`: not even a challenge. */
  readonly onConnect?: (connect: Connect) => Reply
  readonly silent?: boolean
  /** A challenge without the time. */
  readonly timeless?: boolean
  /** Reads nothing more once it has answered, so that it says no goodbye. */
  readonly deaf?: boolean
  /** Answers HTTP alone. */
  readonly http?: RequestListener
}

export interface StandIn {
  readonly received: Received[]
  readonly connects: Connect[]
  readonly socketPath: string
  readonly port: number
  /** Connections that are open. */
  open(): number
  close(): Promise<void>
}

export const HELLO = {
  type: 'hello-ok',
  protocol: 4,
  server: { version: '1.2.3', connId: 'c-1' },
  features: { methods: [], events: [] },
  snapshot: {
    presence: [],
    health: {},
    stateVersion: { presence: 0, health: 0 },
    uptimeMs: 1,
  },
  auth: { role: 'operator', scopes: [] },
  policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
}

const frameShape = z.object({ id: z.string(), method: z.string(), params: z.unknown().optional() })
const connectShape = z.looseObject({
  auth: z.record(z.string(), z.string()).optional(),
  scopes: z.array(z.string()),
  client: z.record(z.string(), z.string()),
  role: z.string(),
  device: z.record(z.string(), z.unknown()).optional(),
})

export async function standIn(
  on: 'socket' | 'port',
  answer: Answering,
  options: StandInOptions = {},
): Promise<StandIn> {
  const server = createServer(options.http)
  const received: Received[] = []
  const connects: Connect[] = []
  const webSockets = options.http === undefined ? new WebSocketServer({ server }) : null
  webSockets?.on('connection', (webSocket, { url = '', headers }) => {
    const nonce = randomUUID()
    const challenge = { nonce, ...(options.timeless !== true && { ts: Date.now() }) }
    if (options.silent !== true)
      webSocket.send(
        JSON.stringify({ type: 'event', event: 'connect.challenge', payload: challenge }),
      )
    webSocket.on('error', () => {})
    webSocket.on('message', (data: Buffer) => {
      const frame = parseFrame(data.toString())
      if (frame.method === 'connect') {
        const connect = { ...parseConnect(frame.params), nonce, path: url, headers }
        connects.push(connect)
        return send(webSocket, frame.id, options.onConnect?.(connect) ?? { payload: HELLO })
      }
      received.push({ method: frame.method, params: frame.params })
      void Promise.resolve(answer(frame)).then((reply) => {
        send(webSocket, frame.id, reply)
        if (options.deaf === true) webSocket.pause()
      })
    })
  })
  const dir = await mkdtemp(join(tmpdir(), 'openclaw-cli-'))
  const socketPath = join(dir, 'gateway.sock')
  await new Promise<void>((ready) => {
    if (on === 'socket') server.listen(socketPath, ready)
    else server.listen(0, '127.0.0.1', ready)
  })
  const address = server.address()
  return {
    received,
    connects,
    socketPath,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    open: () => webSockets?.clients.size ?? 0,
    async close() {
      for (const client of webSockets?.clients ?? []) client.terminate()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Throws out of the socket's listener, which fails the test's run, for what no gateway would understand. */
function parseFrame(text: string): z.output<typeof frameShape> {
  const frame: unknown = JSON.parse(text)
  if (!Check(RequestFrameSchema, frame)) throw new Error(`no frame of the protocol: ${text}`)
  return frameShape.parse(frame)
}

function parseConnect(params: unknown): z.output<typeof connectShape> {
  if (!Check(ConnectParamsSchema, params))
    throw new Error(`no connect of the protocol: ${JSON.stringify(params)}`)
  return connectShape.parse(params)
}

function send(webSocket: WebSocket, id: string, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'close') return webSocket.close(1012, 'service restart')
  const frame = (body: object): void => webSocket.send(JSON.stringify({ type: 'res', id, ...body }))
  if ('error' in reply) return frame({ ok: false, error: reply.error })
  if (reply.accepted !== undefined) frame({ ok: true, payload: reply.accepted })
  frame({ ok: true, payload: reply.payload })
}
