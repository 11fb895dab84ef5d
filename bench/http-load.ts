/** Load over raw sockets: one request at a time on each, as many sockets as it takes to keep a server busy. */
import { connect, type Socket } from 'node:net'
import type { Load } from './compare.ts'

const CONNECTIONS = 16
/** Fewer than the guesses after which an address is locked. */
const GUESSES_PER_ADDRESS = 8

interface Request {
  readonly path: string
  /** `name: value` lines. */
  readonly headers: readonly string[]
  /** Anything else ends the benchmark: it would measure the wrong thing. */
  readonly status: number
}

function bytesOf({ path, headers }: Request): Buffer {
  return Buffer.from([`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n'))
}

/** The same request again and again over connections that stay open. */
export function keepAliveLoad(request: Request, localAddress = '127.0.0.1'): Load {
  const bytes = bytesOf(request)
  return async (port, durationMs) => {
    const until = performance.now() + durationMs
    const one = () =>
      converse({
        port,
        localAddress,
        status: request.status,
        bytes: () => bytes,
        enough: () => performance.now() >= until,
      })
    const counts = await Promise.all(Array.from({ length: CONNECTIONS }, one))
    return counts.reduce((sum, count) => sum + count, 0)
  }
}

/** As above, with a request that differs each time; stops after `total` requests. */
export async function sendEach(
  requests: {
    readonly port: number
    readonly total: number
    readonly localAddress: string
    readonly status: number
  },
  request: (n: number) => string,
): Promise<void> {
  const sent = { count: 0 }
  const { total, ...target } = requests
  const bytes = () => Buffer.from(request(sent.count++))
  const one = () => converse({ ...target, bytes, enough: () => sent.count >= total })
  await Promise.all(Array.from({ length: CONNECTIONS }, one))
}

const addresses = { next: 0 }

/** An address of this host that was not used before: 127.1.0.1 and up. */
export function freshAddress(): string {
  const n = addresses.next++
  return `127.${1 + Math.floor(n / 64_000)}.${Math.floor(n / 250) % 256}.${1 + (n % 250)}`
}

/** A few requests from each address, which nobody has seen before. */
export function freshAddressLoad(request: Request): Load {
  const bytes = bytesOf(request)
  return async (port, durationMs) => {
    const until = performance.now() + durationMs
    const count = { total: 0 }
    const one = async () => {
      while (performance.now() < until) {
        const left = { guesses: GUESSES_PER_ADDRESS }
        const enough = () => (left.guesses -= 1) <= 0
        const conversation = {
          port,
          localAddress: freshAddress(),
          status: request.status,
          bytes: () => bytes,
          enough,
        }
        const answers = await converse(conversation)
        count.total += answers
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, one))
    return count.total
  }
}

interface Conversation {
  readonly port: number
  readonly localAddress: string
  readonly status: number
  readonly bytes: () => Buffer
  /** Asked after each answer. */
  readonly enough: () => boolean
}

/** Sends and awaits, one at a time, over one connection; resolves with the number of answers. */
function converse({ port, localAddress, status, bytes, enough }: Conversation): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
    const state = { answers: 0, rest: '' }
    socket.on('connect', () => socket.write(bytes()))
    socket.on('data', (chunk) => {
      const text =
        state.rest === '' ? chunk.toString('latin1') : state.rest + chunk.toString('latin1')
      state.rest = isWhole(text) ? '' : text
      if (state.rest !== '') return
      if (Number(text.slice(9, 12)) !== status) {
        socket.destroy(new Error(`expected status ${status}, got: ${text.slice(0, 600)}`))
        return
      }
      state.answers += 1
      if (enough()) socket.destroy()
      else socket.write(bytes())
    })
    socket.on('error', reject)
    socket.on('close', () => {
      if (enough()) resolve(state.answers)
      else reject(new Error(`the server closed the connection after ${state.answers} answers`))
    })
  })
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n')
  if (head === -1) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1]
  if (length === undefined)
    throw new Error(`an answer without Content-Length: ${text.slice(0, 300)}`)
  return text.length >= head + 4 + Number(length)
}
