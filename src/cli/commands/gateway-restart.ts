/** `openclaw gateway restart`: returns when the new gateway is ready. */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { ask } from '../client.ts'
import { reportNoAnswer } from '../no-answer.ts'
import { json, line, problem } from '../output.ts'
import { DOES_NOT_START } from '../parts.ts'
import { GATEWAY_OPTIONS, isThisHost } from '../targets.ts'
import { until } from '../until.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const RESTART_MS = 60_000
const runShape = z.looseObject({ startedAt: z.number(), pid: z.number() })
const anything = z.unknown()
const WHICH_RUN = { method: 'status', shape: runShape } as const

export const gatewayRestart: Command = {
  name: 'gateway restart',
  summary: 'Restart the gateway after it finished what it is doing.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw gateway restart',
      does: 'returns when it is ready again; most settings need no restart',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const before = await ask(WHICH_RUN, args, context)
  if (before.kind !== 'answered') return reportNoAnswer(before, args, context)
  const since = context.now()
  // In a container it may hold another one.
  const here =
    (await isThisHost(args, context)) && (await context.parts.gatewayInfo(context.env)) !== null
  const asked = await ask({ method: 'gateway.restart', shape: anything }, args, context)
  if (asked.kind !== 'answered') return reportNoAnswer(asked, args, context)

  const gone = { yes: false }
  const isTrue = async (): Promise<boolean> => {
    if (await isReadyAgain(before.value.startedAt, args, context)) return true
    // It holds the state dir from one run to the next.
    gone.yes = here && (await context.parts.gatewayInfo(context.env)) === null
    return gone.yes
  }
  const came = await until('waiting for the gateway to come back', RESTART_MS, { isTrue, context })
  if (gone.yes) {
    const why = await whyGone(since, context)
    problem(
      context,
      `the gateway ended, and did not come back: ${why}. \`openclaw gateway\` starts it`,
    )
    return EXIT.no
  }
  if (!came) {
    problem(
      context,
      `the gateway did not come back within ${RESTART_MS / 1000} s: \`openclaw logs gateway\` may say why; \`openclaw gateway\` starts it`,
    )
    return EXIT.no
  }
  if (flag(args, 'json')) json(context, { restarted: true })
  else line(context, 'the gateway is ready again')
  return EXIT.done
}

async function whyGone(since: number, { parts, env }: Context): Promise<string> {
  const record = await parts.record(env)
  const lines = await record.list({ kind: 'gateway', since, client: null, limit: 100 })
  const said = lines.flatMap(({ entry: { message } }) =>
    typeof message === 'string' && message.startsWith(DOES_NOT_START) ? [message] : [],
  )
  return (
    said
      .at(-1)
      ?.slice(DOES_NOT_START.length)
      .replace(/\.\s*$/, '') ?? 'what it printed last may say why'
  )
}

/** It is another run of it, and it serves: while it starts, it takes no client. */
async function isReadyAgain(
  startedAt: number,
  args: Arguments,
  context: Context,
): Promise<boolean> {
  const now = await ask(WHICH_RUN, args, context)
  return now.kind === 'answered' && now.value.startedAt !== startedAt
}
