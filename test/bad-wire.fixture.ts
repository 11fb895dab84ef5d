/** For tests: bytes on a bare socket, as no HTTP client would send them. */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { TOKEN, type RunningGateway } from './gateway.ts'

export const HOST = 'Host: 127.0.0.1\r\n'
export const AUTH = `Authorization: Bearer ${TOKEN}\r\n`
export const CLOSE = 'Connection: close\r\n'
export const WHOAMI = 'GET /api/v1/whoami HTTP/1.1'
/** Takes a JSON body. */
export const MESSAGES = '/api/v1/sessions/s1/messages'

export interface Conversation {
  /** Status codes of the answers, in order. */
  readonly statuses: readonly number[]
  readonly text: string
  /** How long the connection lived. */
  readonly ms: number
  /** Bytes that the gateway's side accepted. */
  readonly sent: number
}

/** Resolves when the gateway has closed the connection; what `feed` wrote is all that was sent. */
export function talk(port: number, feed: (socket: Socket) => void): Promise<Conversation> {
  const began = performance.now()
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const heard = { text: '' }
    socket.on('data', (chunk: Buffer) => (heard.text += chunk.toString('latin1')))
    socket.on('end', () => socket.end())
    socket.on('error', () => {})
    socket.on('close', () =>
      done({
        statuses: [...heard.text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1])),
        text: heard.text,
        ms: performance.now() - began,
        sent: socket.bytesWritten,
      }),
    )
    feed(socket)
  })
}

export function say(port: number, data: string | Buffer): Promise<Conversation> {
  return talk(port, (socket) => socket.write(data))
}

export function head(line: string, headers = HOST + AUTH + CLOSE): string {
  return `${line}\r\n${headers}\r\n`
}

export function post(body: string | Buffer, type = 'application/json'): Buffer {
  const length = Buffer.byteLength(body)
  const headers = `${HOST}${AUTH}${CLOSE}Content-Type: ${type}\r\nContent-Length: ${length}\r\n`
  return Buffer.concat([Buffer.from(head(`POST ${MESSAGES} HTTP/1.1`, headers)), Buffer.from(body)])
}

/** Writes `first`, then `chunk` again and again until `times` is reached or the other side is gone. */
export function pour(socket: Socket, first: string, chunk: string, times: number): void {
  const left = { count: times }
  const more = (): void => {
    while (left.count > 0 && !socket.destroyed) {
      left.count -= 1
      if (!socket.write(chunk)) return void socket.once('drain', more)
    }
  }
  socket.write(first)
  more()
}

/** Resident memory of the gateway in MiB. */
export function memoryOf({ child }: RunningGateway): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}
