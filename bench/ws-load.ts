/** Load over WebSockets: whole handshakes, and calls on one socket. */
import { WebSocket, type RawData } from 'ws'
import type { TestDevice } from '../src/access/device.fixture.ts'
import type { Load } from './compare.ts'
import { TOKEN } from './gateway.ts'
import { textOf } from './ws-text.ts'

const PARALLEL_HANDSHAKES = 16

const PARAMS = {
  minProtocol: 3,
  maxProtocol: 4,
  client: { id: 'cli', version: '1.0.0', platform: 'linux', mode: 'cli' },
  role: 'operator',
  scopes: ['operator.read'],
  auth: { token: TOKEN },
} as const

/** What a device signs of {@link PARAMS} (PROTOCOL 2.4). */
const WORDS = {
  clientId: PARAMS.client.id,
  clientMode: PARAMS.client.mode,
  role: PARAMS.role,
  scopes: PARAMS.scopes,
  token: TOKEN,
  platform: PARAMS.client.platform,
  deviceFamily: '',
}

const CONNECT = connectFrame({})

function connectFrame(more: object): string {
  return JSON.stringify({
    type: 'req',
    id: 'connect',
    method: 'connect',
    params: { ...PARAMS, ...more },
  })
}

/** The frame that answers this challenge. */
function answerTo(challenge: string, device: TestDevice | null): string {
  if (device === null) return CONNECT
  const { payload }: { payload: { nonce: string; ts: number } } = JSON.parse(challenge)
  const signed = device.present(WORDS, { nonce: payload.nonce, signedAt: payload.ts })
  return connectFrame({ device: signed })
}

export interface Session {
  readonly socket: WebSocket
  readonly challenge: string
  readonly hello: string
}

/** Open, challenge, `connect` with the token (and a device, signing), hello. */
export function openSession(port: number, device: TestDevice | null = null): Promise<Session> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers, perMessageDeflate: false })
    const heard = { challenge: '' }
    const listen = (data: RawData) => {
      const text = textOf(data)
      if (heard.challenge === '') {
        heard.challenge = text
        socket.send(answerTo(text, device))
        return
      }
      socket.off('message', listen)
      if (text.includes('"ok":true')) resolve({ socket, challenge: heard.challenge, hello: text })
      else socket.terminate()
    }
    socket.on('message', listen)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server refused the WebSocket handshake')))
  })
}

export function handshakeLoad(device: TestDevice | null = null): Load {
  return (port, durationMs) => handshakes(port, durationMs, device)
}

async function handshakes(
  port: number,
  durationMs: number,
  device: TestDevice | null,
): Promise<number> {
  const until = performance.now() + durationMs
  const count = { total: 0 }
  const one = async () => {
    while (performance.now() < until) {
      const { socket } = await openSession(port, device)
      const closed = new Promise((resolve) => socket.on('close', resolve))
      socket.close()
      await closed
      count.total += 1
    }
  }
  await Promise.all(Array.from({ length: PARALLEL_HANDSHAKES }, one))
  return count.total
}

/** `health` on one socket, with `depth` calls under way at any time. */
export function callLoad(depth: number): Load {
  return async (port, durationMs) => {
    const { socket } = await openSession(port)
    const until = performance.now() + durationMs
    const count = { sent: 0, answered: 0 }
    const call = () => socket.send(`{"type":"req","id":"${(count.sent += 1)}","method":"health"}`)
    await new Promise<void>((resolve, reject) => {
      socket.on('message', (data) => {
        const text = textOf(data)
        if (!text.startsWith('{"type":"res"')) return
        if (!text.includes('"ok":true'))
          reject(new Error(`health was refused: ${text.slice(0, 300)}`))
        count.answered += 1
        if (performance.now() < until) call()
        else if (count.answered === count.sent) resolve()
      })
      socket.on('close', () =>
        reject(new Error(`the socket was closed after ${count.answered} calls`)),
      )
      Array.from({ length: depth }).forEach(call)
    })
    socket.terminate()
    return count.answered
  }
}
