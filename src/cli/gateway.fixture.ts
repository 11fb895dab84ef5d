/** For tests: a gateway on a socket that knows some routes, and the command line that talks to it. */
import { afterEach } from 'vitest'
import { testContext } from './context.fixture.ts'
import type { Parts } from './parts.ts'
import { run } from './run.ts'
import { standIn, type Received, type Reply, type StandIn } from './stand-in.fixture.ts'

const open: StandIn[] = []

/** Call it once in a test file. */
export function closeGatewaysAfterEach(): void {
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close()
  })
}

type Answers = Readonly<Record<string, object | ((request: Received) => Reply)>>

/** A gateway on a socket that knows these routes: `GET /api/v1/status`. */
export async function gateway(answers: Answers, parts: Partial<Parts> = {}) {
  const server = await standIn('socket', (request) => {
    const answer = answers[`${request.method} ${request.path}`]
    if (answer === undefined)
      return { status: 404, body: { error: { code: 'unknown_operation', message: request.path } } }
    return typeof answer === 'function' ? answer(request) : { body: answer }
  })
  open.push(server)
  const openclaw = async (...words: string[]) => {
    const { context, written } = testContext({
      ownerSocket: async () => server.socketPath,
      ...parts,
    })
    return { code: await run(words, context), ...written }
  }
  return { server, openclaw }
}
