/** For tests: one end of a WebSocket that says `connect`, calls methods and remembers what it heard, all of it frames that the protocol knows. */
import { EventFrameSchema, ResponseFrameSchema } from '@openclaw/gateway-protocol/schema'
import { Compile } from 'typebox/compile'
import { WebSocket } from 'ws'
import type { PresentedDevice } from '../../access/device-proof.ts'
import type { TestDevice } from '../../access/device.fixture.ts'

const EVENT = Compile(EventFrameSchema)
const RESPONSE = Compile(ResponseFrameSchema)

export interface Frame {
  readonly type: string
  readonly id?: string
  readonly ok?: boolean
  readonly event?: string
  readonly seq?: number
  readonly payload?: Readonly<Record<string, unknown>>
  readonly error?: {
    code: string
    message: string
    details?: Readonly<Record<string, unknown>>
    retryable?: boolean
    retryAfterMs?: number
  }
}

export interface ClientOptions {
  readonly params?: Record<string, unknown>
  readonly headers?: Record<string, string>
  /** A source address of this host: any of 127.0.0.0/8. */
  readonly from?: string
  readonly path?: string
  /** Where it goes; this host when absent. */
  readonly to?: string
  /** The certificate of the other end, and the name in it: then over TLS. */
  readonly tls?: { readonly certificate: string; readonly name: string }
  /** Signs the challenge. */
  readonly device?: TestDevice
  readonly version?: 'v1' | 'v2' | 'v3'
  /** What becomes of the proof on its way. */
  readonly tamper?: (presented: PresentedDevice) => PresentedDevice
}

export const BASE_PARAMS = {
  minProtocol: 3,
  maxProtocol: 4,
  client: { id: 'cli', version: '1.0.0', platform: 'linux', mode: 'cli' },
  role: 'operator',
  scopes: ['operator.read'],
}

/** As much of `connect` as a device signs. */
interface Wishes {
  readonly client: {
    readonly id: string
    readonly mode: string
    readonly platform: string
    readonly deviceFamily?: string
  }
  readonly role?: string
  readonly scopes?: readonly string[]
  readonly auth?: {
    readonly token?: string
    readonly deviceToken?: string
    readonly bootstrapToken?: string
  }
}

/** A forwarding header, so that a caller on this host is not the owner. */
export const REMOTE = { 'x-forwarded-for': '203.0.113.9' }

export class TestClient {
  readonly socket: WebSocket
  readonly frames: Frame[] = []
  /** Under which ids the record knows what this client was refused, taken out of `error.details`: they differ each time. */
  readonly recordIds: string[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  /** HTTP status of a refused upgrade; 101 once open. */
  readonly upgraded: Promise<{ status: number; body: string }>
  readonly #options: ClientOptions
  #waiters: (() => void)[] = []
  #next = 1

  constructor(port: number, options: ClientOptions = {}) {
    const { headers = {}, from, path = '/', to = '127.0.0.1', tls } = options
    this.#options = options
    this.socket = new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://${to}:${port}${path}`, {
      headers,
      ...(from !== undefined && { localAddress: from }),
      ...(tls !== undefined && { ca: tls.certificate, servername: tls.name }),
    })
    this.socket.on('error', () => {})
    this.socket.on('message', (data: Buffer) => {
      this.frames.push(this.#withoutRecordId(known(JSON.parse(data.toString()))))
      for (const wake of this.#waiters.splice(0)) wake()
    })
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    })
    this.upgraded = new Promise((resolve) => {
      this.socket.on('open', () => resolve({ status: 101, body: '' }))
      this.socket.on('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        )
      })
    })
  }

  /** The first frame, past or future, that fits. */
  async heard(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(fits)
      if (found !== undefined) return found
      const gone = await Promise.race([
        new Promise<false>((resolve) => this.#waiters.push(() => resolve(false))),
        this.closed,
      ])
      const late = this.frames.find(fits)
      if (late !== undefined) return late
      if (gone !== false) throw new Error(`closed ${gone.code} ${gone.reason} before it was heard`)
    }
  }

  event(name: string): Promise<Frame> {
    return this.heard(({ type, event }) => type === 'event' && event === name)
  }

  /** Waits for the challenge, then sends `connect`. */
  async connect(params: Record<string, unknown> = {}): Promise<Frame> {
    const { payload } = await this.event('connect.challenge')
    const all: Wishes = { ...BASE_PARAMS, ...params }
    const device = this.#proof(all, payload ?? {})
    this.send({
      type: 'req',
      id: 'connect',
      method: 'connect',
      params: { ...all, ...(device !== null && { device }) },
    })
    return this.heard(({ type, id }) => type === 'res' && id === 'connect')
  }

  #proof(
    { client, role = 'operator', scopes = [], auth = {} }: Wishes,
    { nonce, ts }: { readonly nonce?: unknown; readonly ts?: unknown },
  ): PresentedDevice | null {
    const { device, version, tamper = (one) => one } = this.#options
    if (device === undefined) return null
    const words = {
      clientId: client.id,
      clientMode: client.mode,
      role,
      scopes,
      token: auth.token ?? auth.deviceToken ?? auth.bootstrapToken ?? '',
      platform: client.platform,
      deviceFamily: client.deviceFamily ?? '',
    }
    return tamper(device.present(words, { nonce: String(nonce), signedAt: Number(ts) }, version))
  }

  async call(method: string, params?: unknown): Promise<Frame> {
    const id = `call-${this.#next++}`
    this.send({ type: 'req', id, method, ...(params !== undefined && { params }) })
    return this.heard((frame) => frame.type === 'res' && frame.id === id)
  }

  #withoutRecordId(frame: Frame): Frame {
    if (frame.error === undefined) return frame
    const { details: whole, ...error } = frame.error
    const { recordId, ...details } = whole ?? {}
    if (typeof recordId === 'string') this.recordIds.push(recordId)
    return {
      ...frame,
      error: { ...error, ...(Object.keys(details).length > 0 && { details }) },
    }
  }

  send(frame: unknown): void {
    this.socket.send(JSON.stringify(frame))
  }

  async close(): Promise<void> {
    this.socket.terminate()
    await this.closed
  }
}

/** Throws out of the socket's listener, which fails the test's run, for what no client of the protocol would understand. */
function known(frame: Frame): Frame {
  const fits = frame.type === 'event' ? EVENT.Check(frame) : RESPONSE.Check(frame)
  if (!fits) throw new Error(`no frame of the protocol: ${JSON.stringify(frame).slice(0, 500)}`)
  return frame
}

/** Connects and insists on a hello. */
export async function admitted(
  port: number,
  { params, ...rest }: ClientOptions = {},
): Promise<TestClient> {
  const client = new TestClient(port, rest)
  const answer = await client.connect(params)
  if (answer.ok !== true) throw new Error(JSON.stringify(answer.error))
  return client
}

/** Connects, is refused, and tells how. */
export async function refusal(port: number, { params, ...rest }: ClientOptions = {}) {
  const client = new TestClient(port, rest)
  const { ok, error } = await client.connect(params)
  if (ok === true || error === undefined) throw new Error('it was let in')
  return { ...error, close: await client.closed }
}
