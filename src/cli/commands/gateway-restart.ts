/** `openclaw gateway restart`: returns when the new gateway is ready. */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { ask } from '../client.ts'
import { reportNoAnswer } from '../no-answer.ts'
import { json, line, problem } from '../output.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
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
  const asked = await ask({ method: 'gateway.restart', shape: anything }, args, context)
  if (asked.kind !== 'answered') return reportNoAnswer(asked, args, context)

  const isTrue = () => isReadyAgain(before.value.startedAt, args, context)
  if (!(await until('waiting for the gateway to come back', RESTART_MS, { isTrue, context }))) {
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

/** It is another run of it, and it serves: while it starts, it takes no client. */
async function isReadyAgain(
  startedAt: number,
  args: Arguments,
  context: Context,
): Promise<boolean> {
  const now = await ask(WHICH_RUN, args, context)
  return now.kind === 'answered' && now.value.startedAt !== startedAt
}
