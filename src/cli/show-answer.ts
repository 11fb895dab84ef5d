/** What most commands are: one question to the gateway, and its answer shown to people, or to scripts with `--json`. */
import { flag } from './arguments.ts'
import { ask, type Asked } from './client.ts'
import { reportNoAnswer } from './no-answer.ts'
import { json, problem } from './output.ts'
import { EXIT, type Arguments, type Context } from './types.ts'

export interface Shown<Value> extends Asked<Value> {
  /** For people. */
  readonly show: (value: Value, context: Context) => void
  /** Where the answer itself can be bad news; 0 when absent. */
  readonly exit?: (value: Value) => number
}

/** Resolves to the exit code. */
export async function showAnswer<Value>(
  { show, exit, ...asked }: Shown<Value>,
  args: Arguments,
  context: Context,
): Promise<number> {
  const result = await answered(asked, args, context)
  if (result.kind === 'exit') return result.code
  if (flag(args, 'json')) json(context, result.value)
  else show(result.value, context)
  return exit?.(result.value) ?? EXIT.done
}

export type Result<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  /** Already reported: the exit code. */
  | { readonly kind: 'exit'; readonly code: number }

/** One question of several: its answer, or how the command ends without one. */
export async function answered<Value>(
  asked: Asked<Value>,
  args: Arguments,
  context: Context,
): Promise<Result<Value>> {
  const answer = await ask(asked, args, context)
  if (answer.kind === 'answered') return { kind: 'done', value: answer.value }
  return { kind: 'exit', code: reportNoAnswer(answer, args, context) }
}

/** Reports what was asked wrongly, or what there is not. */
export function ended(
  code: number,
  message: string,
  context: Context,
): Extract<Result<never>, { kind: 'exit' }> {
  problem(context, message)
  return { kind: 'exit', code }
}
