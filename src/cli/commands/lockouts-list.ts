/** `openclaw lockouts list`: which addresses are locked out, and until when (SPEC 2.4). */
import { z } from 'zod'
import { line, localTime } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { table } from '../table.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command, Context } from '../types.ts'

const lockoutsShape = z.looseObject({
  lockouts: z.array(
    z.looseObject({
      address: z.string(),
      class: z.string(),
      until: z.union([z.string(), z.number()]),
    }),
  ),
})

export const lockoutsList: Command = {
  name: 'lockouts list',
  summary: 'Which addresses are locked out after wrong credentials, and until when.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw lockouts list',
      does: 'shows address, kind of credential and end of each lock',
    },
  ],
  async run(args, context) {
    const question = { method: 'lockouts.list', shape: lockoutsShape, show: print } as const
    return showAnswer(question, args, context)
  },
}

function print({ lockouts }: z.output<typeof lockoutsShape>, context: Context): void {
  if (lockouts.length === 0) return line(context, 'no address is locked out')
  const rows = lockouts.map((lock) => [lock.address, lock.class, localTime(lock.until)])
  table(context, ['address', 'credential', 'locked until'], rows)
}
