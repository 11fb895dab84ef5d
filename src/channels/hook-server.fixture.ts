/** For tests: an account's webhook on a real socket, without the gateway around it, and a network that calls until it is taken. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HookAnswer, HookRequest } from './types.ts'

/** `take`: undefined where there is nothing that could be called. */
export async function hookServer(take: (request: HookRequest) => Promise<HookAnswer> | undefined) {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await Promise.resolve(take(await asHook(request))).catch(() => undefined)
    response.statusCode = statusOf(answer)
    response.end(answer?.kind === 'taken' ? answer.body : '')
  }
  const server = createServer((request, response) => void serve(request, response))
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
  const port = await listen(0)
  return {
    url: `http://127.0.0.1:${port}/webhook`,
    /** Nobody can call any more. */
    close,
    /** At the same address. */
    reopen: () => listen(port),
  }
}

async function asHook(request: IncomingMessage): Promise<HookRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    query: new URL(request.url ?? '', 'http://x').searchParams,
    header: (name) => request.headers[name]?.toString() ?? null,
    body: Buffer.concat(chunks),
  }
}

function statusOf(answer: HookAnswer | undefined): number {
  if (answer === undefined) return 503
  return { taken: 200, unsigned: 401, forged: 403, unreadable: 400 }[answer.kind]
}

/** What a network delivers, each again and again until it is answered with 200. */
export class Deliveries {
  readonly #stop = new AbortController()
  /** Not taken yet. */
  owed = 0

  /** `post`: one try; the status of the answer. */
  add(post: () => Promise<{ readonly status: number }>): void {
    this.owed += 1
    void this.#deliver(post)
  }

  stop(): void {
    this.#stop.abort()
  }

  async #deliver(post: () => Promise<{ readonly status: number }>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const status = await post().then(
        (answer) => answer.status,
        () => 0,
      )
      if (status === 200) {
        this.owed -= 1
        return
      }
      await sleep(10)
    }
  }
}
