/** Sends what probes say, over real sockets: bounded by the clock, and by how much of an answer is read. Whatever goes wrong is no answer. */
import { request, type IncomingMessage } from 'node:http'
import { MIN_CLIENT_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@openclaw/gateway-client/browser'
import { WebSocket } from 'ws'
import type { Answered, Sent } from '../audit/probes/types.ts'
import { canonicalAddress } from '../core/address.ts'
import { jsonOf } from '../core/json.ts'

export interface Way {
  /** Address and ports of the gateway; `bridge` `null` where there is none. */
  readonly host: string
  readonly port: number
  readonly bridge: number | null
  readonly ownerSocket: string
  readonly version: string
  /** Aborted when the time is up. */
  readonly signal: AbortSignal
}

export type Heard = Omit<Answered, 'sent'>

const NOBODY: Heard = { peer: '', status: 0, headers: {}, body: '', letIn: false }
const MOST_BYTES = 1_048_576
const AT_ONCE = 8

/** In their order, a few at once. */
export async function sendAll(sent: readonly Sent[], way: Way): Promise<readonly Answered[]> {
  const answers = new Map<number, Answered>()
  const left = sent.entries()
  const work = async (): Promise<void> => {
    for (const [at, one] of left) answers.set(at, { sent: one, ...(await send(one, way)) })
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return sent.flatMap((_, at) => answers.get(at) ?? [])
}

const AGENT = 'openclaw-audit'

function send(sent: Sent, way: Way): Promise<Heard> {
  if (way.signal.aborted) return Promise.resolve(NOBODY)
  return sent.as === 'websocket' ? overWebSocket(sent, way) : overHttp(sent, way)
}

function overHttp(sent: Sent, way: Way): Promise<Heard> {
  const { method, path, from } = sent
  return new Promise((done) => {
    const nobody = () => done(NOBODY)
    const asked = request({
      ...targetOf(sent, way),
      method,
      path,
      setHost: false,
      headers: headersOf(sent, way),
      agent: false,
      signal: way.signal,
      ...(from !== undefined && { localAddress: from }),
    })
    asked.once('error', nobody)
    asked.once('response', (response) => done(hear(response)))
    asked.end()
  })
}

function targetOf({ over }: Sent, { host, port, bridge, ownerSocket }: Way) {
  if (over === 'owner') return { socketPath: ownerSocket }
  return { host, port: over === 'bridge' ? (bridge ?? port) : port }
}

function headersOf({ headers, over }: Sent, { host, port, bridge }: Way) {
  const written = host.includes(':') ? `[${host}]` : host
  const own = over === 'owner' ? 'localhost' : `${written}:${over === 'bridge' ? bridge : port}`
  const named = headers.flatMap((line) => {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? []
    return [[name.toLowerCase(), value] as const]
  })
  return { host: own, 'user-agent': AGENT, ...Object.fromEntries(named) }
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  const state = { size: 0 }
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes)
    state.size += bytes.length
    if (state.size > MOST_BYTES) break
  }
  return Buffer.concat(chunks).toString()
}

/** An answer that breaks off is none. */
async function hear(response: IncomingMessage): Promise<Heard> {
  const { localAddress } = response.socket
  try {
    return heardOf(response, localAddress, await readBody(response))
  } catch {
    return NOBODY
  }
}

function heardOf(
  { statusCode: status = 0, headers }: IncomingMessage,
  peer: string | undefined,
  body: string,
): Heard {
  const text = Object.entries(headers).map(([name, value]) => [name, String(value ?? '')])
  return {
    peer: canonicalAddress(peer ?? '') ?? '',
    status,
    headers: Object.fromEntries(text) as Readonly<Record<string, string>>,
    body,
    letIn: status >= 200 && status < 300,
  }
}

/** Opens one, asks to be connected without a credential, and leaves. */
function overWebSocket(sent: Sent, way: Way): Promise<Heard> {
  return new Promise((done) => {
    const { host, port } = way
    const url = `ws://${host.includes(':') ? `[${host}]` : host}:${port}${sent.path}`
    const socket = new WebSocket(url, {
      headers: headersOf(sent, way),
      perMessageDeflate: false,
      maxPayload: MOST_BYTES,
    })
    const end = (heard: Heard): void => {
      way.signal.removeEventListener('abort', giveUp)
      done(heard)
      socket.terminate()
    }
    const giveUp = () => end(NOBODY)
    const opened: { as: Heard } = { as: NOBODY }
    way.signal.addEventListener('abort', giveUp)
    socket.once('upgrade', (response) => {
      opened.as = { ...heardOf(response, response.socket.localAddress, ''), status: 101 }
    })
    socket.once('open', () => socket.send(JSON.stringify(connectFrame(way.version))))
    socket.on('message', (data) => {
      const granted = answerIn(Buffer.isBuffer(data) ? data.toString() : '')
      if (granted !== null) end({ ...opened.as, letIn: granted })
    })
    socket.once('unexpected-response', (_request, response) => {
      void hear(response).then(end)
    })
    socket.once('close', () => end(opened.as))
    socket.once('error', () => end(opened.as))
  })
}

function connectFrame(version: string) {
  return {
    type: 'req',
    id: AGENT,
    method: 'connect',
    params: {
      minProtocol: MIN_CLIENT_PROTOCOL_VERSION,
      maxProtocol: PROTOCOL_VERSION,
      client: { id: 'openclaw-probe', version, platform: process.platform, mode: 'probe' },
      role: 'operator',
      scopes: ['operator.read'],
      caps: [],
    },
  }
}

/** Whether `connect` was granted; `null` for what is no answer to it. */
function answerIn(text: string): boolean | null {
  const frame = jsonOf(text)
  if (typeof frame !== 'object' || frame === null) return null
  if (!('type' in frame) || frame.type !== 'res') return null
  return 'ok' in frame && frame.ok === true
}
