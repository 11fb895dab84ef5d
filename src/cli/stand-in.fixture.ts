/** For tests: a real HTTP server in the gateway's place, on a Unix socket or on a port of this host. */
import { mkdtemp, rm } from 'node:fs/promises'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

export type Reply = {
  readonly status?: number
  readonly body?: unknown
  readonly raw?: string
  readonly headers?: Record<string, string>
}

export interface StandIn {
  readonly received: Received[]
  readonly socketPath: string
  readonly port: number
  close(): Promise<void>
}

/** `hang`: takes the request and never answers. */
export async function standIn(
  on: 'socket' | 'port',
  answer: (request: Received) => Reply | 'hang' | Promise<Reply | 'hang'>,
): Promise<StandIn> {
  const received: Received[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const text = Buffer.concat(chunks).toString()
    const { method = '', url = '', headers } = request
    const one: Received = {
      method,
      path: url,
      headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
    received.push(one)
    const reply = await answer(one)
    if (reply === 'hang') return
    response.writeHead(reply.status ?? 200, {
      'content-type': 'application/json',
      ...reply.headers,
    })
    response.end(reply.raw ?? JSON.stringify(reply.body ?? {}))
  }
  const server = createServer((request, response) => void serve(request, response))
  const dir = await mkdtemp(join(tmpdir(), 'openclaw-cli-'))
  const socketPath = join(dir, 'gateway.sock')
  await new Promise<void>((ready) => {
    if (on === 'socket') server.listen(socketPath, ready)
    else server.listen(0, '127.0.0.1', ready)
  })
  const address = server.address()
  return {
    received,
    socketPath,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await rm(dir, { recursive: true, force: true })
    },
  }
}
