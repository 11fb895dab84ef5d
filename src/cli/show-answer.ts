/** What most commands are: one question to the gateway, and its answer shown to people, or to scripts with `--json`. */
import { flag } from './arguments.ts'
import { ask, type Asked } from './client.ts'
import { reportNoAnswer } from './no-answer.ts'
import { json } from './output.ts'
import { EXIT, type Arguments, type Context } from './types.ts'

export interface Shown<Value> extends Asked<Value> {
  /** For people. */
  readonly show: (value: Value, context: Context) => void
}

/** Resolves to the exit code. */
export async function showAnswer<Value>(
  { show, ...asked }: Shown<Value>,
  args: Arguments,
  context: Context,
): Promise<number> {
  const answer = await ask(asked, args, context)
  if (answer.kind !== 'answered') return reportNoAnswer(answer, args, context)
  if (flag(args, 'json')) json(context, answer.value)
  else show(answer.value, context)
  return EXIT.done
}
