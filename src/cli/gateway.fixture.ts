/** For tests: a gateway on a socket that knows some methods, and the command line that talks to it. */
import { afterEach } from 'vitest'
import { testContext } from './context.fixture.ts'
import type { Parts } from './parts.ts'
import { run } from './run.ts'
import { standIn, type Answering, type StandIn, type StandInOptions } from './stand-in.fixture.ts'
import type { Context } from './types.ts'

const open: StandIn[] = []

/** Call it once in a test file. */
export function closeGatewaysAfterEach(): void {
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close()
  })
}

type Answers = Readonly<Record<string, object | Answering>>

/** A gateway on a socket that knows these methods: `status`, its payload or what makes its reply. */
export async function gateway(
  answers: Answers,
  parts: Partial<Parts> = {},
  options: StandInOptions = {},
  surroundings: Partial<Context> = {},
) {
  const answering: Answering = (request) => {
    const answer = answers[request.method]
    if (answer === undefined)
      return { error: { code: 'INVALID_REQUEST', message: `unknown method: ${request.method}` } }
    return typeof answer === 'function' ? (answer as Answering)(request) : { payload: answer }
  }
  const server = await standIn('socket', answering, options)
  open.push(server)
  const openclaw = async (...words: string[]) => {
    const { context, written } = testContext(
      { ownerSocket: async () => server.socketPath, ...parts },
      surroundings,
    )
    return { code: await run(words, context), ...written }
  }
  return { server, openclaw }
}
