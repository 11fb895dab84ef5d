/** API keys through the running gateway, so that a change counts at once; through their file while none runs (SPEC 2.7). */
import { z } from 'zod'
import { ask, type Asked } from './client.ts'
import { reportNoAnswer, type NoAnswer } from './no-answer.ts'
import { problem } from './output.ts'
import type { KeyChange, KeyFile } from './parts.ts'
import type { Result } from './show-answer.ts'
import { isThisHost } from './targets.ts'
import { EXIT, type Arguments, type Context } from './types.ts'

const moment = z.union([z.number(), z.string()])

export const listedKeyShape = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  permissions: z.array(z.string()),
  createdAt: moment.nullable(),
  expiresAt: moment.nullable(),
  rateLimit: z.number().nullable(),
})

export const madeKeyShape = z.looseObject({
  id: z.string(),
  key: z.string(),
  expiresAt: moment.nullable(),
})

/** `offline`: the same on the file. */
export async function changeKeys<Value>(
  {
    asked,
    offline,
  }: {
    readonly asked: Asked<Value>
    readonly offline: (file: KeyFile) => Promise<KeyChange<Value>>
  },
  args: Arguments,
  context: Context,
): Promise<Result<Value>> {
  const answer = await ask(asked, args, context)
  if (answer.kind === 'answered') return { kind: 'done', value: answer.value }
  if (!(await noneRuns(answer, args, context))) {
    return { kind: 'exit', code: reportNoAnswer(answer, args, context) }
  }
  const file = await context.parts.keyFile(context.env)
  const change = file.kind === 'no' ? file : await offline(file.value)
  if (change.kind === 'done') return change
  problem(context, change.message)
  return { kind: 'exit', code: EXIT.no }
}

/** Two writers of one file lose changes: while anything holds the state dir, the file is its own. */
async function noneRuns(answer: NoAnswer, args: Arguments, context: Context): Promise<boolean> {
  if (answer.kind !== 'not-running' || !(await isThisHost(args, context))) return false
  return (await context.parts.gatewayInfo(context.env)) === null
}
