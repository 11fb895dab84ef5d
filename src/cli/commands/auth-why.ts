/** `openclaw auth why <requestId>`: why a request was refused or allowed, and what to do (SPEC 2.10, R46). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { ask } from '../client.ts'
import { reportNoAnswer } from '../no-answer.ts'
import { json, problem, withLocalTimes } from '../output.ts'
import type { RecordAnswer } from '../parts.ts'
import { GATEWAY_OPTIONS, isThisHost } from '../targets.ts'
import { until } from '../until.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

/** Entries are written behind their requests; a summary of many refusals is up to a second late. */
const WRITTEN_MS = 2000
const remoteShape = z.looseObject({ text: z.string().optional() })

export const authWhy: Command = {
  name: 'auth why',
  summary: 'Why a request was refused or allowed, and what to do about it.',
  arguments: [
    { name: 'requestId', description: 'from an error answer or a line of the log', required: true },
  ],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw auth why 5f0c1a2b3c4d-1x',
      does: 'prints which methods were asked, what each said, and the fix',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const [requestId = ''] = args.positionals
  if (!/^[\w.:-]{1,128}$/.test(requestId)) {
    problem(
      context,
      'auth why: that is no request id; it stands in every error answer as error.requestId',
    )
    return EXIT.usage
  }
  if (!(await isThisHost(args, context))) return askRemote(requestId, args, context)

  const found = await findWritten(requestId, context)
  if (found === null) {
    problem(
      context,
      `the record of this state dir knows no request ${requestId}: it may be an allowed one that was only counted, older than what is kept, or another gateway's (--url, OPENCLAW_STATE_DIR)`,
    )
    return EXIT.no
  }
  if (flag(args, 'json')) json(context, found.value)
  else context.stdout(`${withLocalTimes(found.text)}\n`)
  return EXIT.done
}

async function findWritten(requestId: string, context: Context): Promise<RecordAnswer | null> {
  const files = await context.parts.record(context.env)
  const found: { answer: RecordAnswer | null } = { answer: null }
  const isTrue = async () => {
    found.answer = await files.find(requestId)
    return found.answer !== null || (await context.parts.gatewayInfo(context.env)) === null
  }
  await until('looking for it', WRITTEN_MS, { isTrue, context })
  return found.answer
}

async function askRemote(requestId: string, args: Arguments, context: Context): Promise<number> {
  const question = { method: 'record.why', params: { requestId }, shape: remoteShape } as const
  const answer = await ask(question, args, context)
  if (answer.kind !== 'answered') return reportNoAnswer(answer, args, context)
  const { text } = answer.value
  if (flag(args, 'json') || text === undefined) json(context, answer.value)
  else context.stdout(`${withLocalTimes(text)}\n`)
  return EXIT.done
}
