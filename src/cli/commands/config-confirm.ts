/** `openclaw config confirm`: gets in by the port, under the rules that a change made, and keeps the change (SPEC 14.5). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import type { Arguments, Context } from '../types.ts'

const confirmedShape = z.object({ keys: z.array(z.string()) })

export async function runConfigConfirm(args: Arguments, context: Context): Promise<number> {
  const force = flag(args, 'force')
  const question = {
    method: 'config.confirm',
    params: force ? { force } : {},
    shape: confirmedShape,
    // The owner's socket proves nothing about the rules; --force says that nothing needs to be proved.
    ...(!force && { byPort: true as const }),
    show: ({ keys }: z.output<typeof confirmedShape>, context: Context) =>
      line(context, `${keys.join(', ')} stays as it was changed`),
  } as const
  return showAnswer(question, args, context)
}
