/** `openclaw gateway stop`: asks the gateway to end and waits until it is gone. */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { ask } from '../client.ts'
import { reportNoAnswer, type NoAnswer } from '../no-answer.ts'
import { json, line, problem } from '../output.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { until } from '../until.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

/** Replies in flight get 10 s (SPEC 1); then come the record and the store. */
const STOP_MS = 30_000
const stopShape = z.looseObject({ pid: z.number() })
const anything = z.unknown()

export const gatewayStop: Command = {
  name: 'gateway stop',
  summary: 'Stop the gateway after it finished what it is doing.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw gateway stop',
      does: 'returns when the gateway is gone; exits 1 when none was running',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const answer = await ask({ method: 'gateway.stop', shape: stopShape }, args, context)
  if (answer.kind === 'answered') return waitUntilGone(answer.value.pid, args, context)
  if (answer.kind === 'not-running') return stopByProcess(answer, args, context)
  return reportNoAnswer(answer, args, context)
}

/** It holds the state dir but answers nobody: it is starting, or stuck. */
async function stopByProcess(answer: NoAnswer, args: Arguments, context: Context): Promise<number> {
  const held = await context.parts.gatewayInfo(context.env)
  if (held === null) return reportNoAnswer(answer, args, context)
  if (held.pid === null) {
    problem(
      context,
      'a gateway holds the state dir but has not said which process it is: it is just starting, try again',
    )
    return EXIT.no
  }
  try {
    process.kill(held.pid, 'SIGTERM')
  } catch {
    problem(
      context,
      `the gateway (pid ${held.pid}) cannot be reached from here: stop it as the user, or in the container, that runs it`,
    )
    return EXIT.no
  }
  return waitUntilGone(held.pid, args, context)
}

async function waitUntilGone(pid: number, args: Arguments, context: Context): Promise<number> {
  const isTrue = () => isGone(args, context)
  if (
    !(await until('waiting for the gateway to finish what it is doing', STOP_MS, {
      isTrue,
      context,
    }))
  ) {
    problem(
      context,
      `the gateway (pid ${pid}) is still there after ${STOP_MS / 1000} s: \`kill -9 ${pid}\` ends it; nothing acknowledged is lost by that`,
    )
    return EXIT.no
  }
  if (flag(args, 'json')) json(context, { stopped: true, pid })
  else line(context, `the gateway (pid ${pid}) has stopped`)
  return EXIT.done
}

async function isGone(args: Arguments, context: Context): Promise<boolean> {
  const answer = await ask({ method: 'health', shape: anything }, args, context)
  if (answer.kind !== 'not-running') return false
  return (
    args.options['url'] !== undefined || (await context.parts.gatewayInfo(context.env)) === null
  )
}
