/** `openclaw lockouts list`: which addresses are locked out, and until when (SPEC 2.4). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { ask, reportNoAnswer } from '../client.ts'
import { json, line, localTime, table } from '../output.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Command } from '../types.ts'

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
    const answer = await ask(
      { method: 'GET', path: '/api/v1/lockouts', shape: lockoutsShape },
      args,
      context,
    )
    if (answer.kind !== 'answered') return reportNoAnswer(answer, args, context)
    const { lockouts } = answer.value
    if (flag(args, 'json')) json(context, answer.value)
    else if (lockouts.length === 0) line(context, 'no address is locked out')
    else {
      const rows = lockouts.map((lock) => [lock.address, lock.class, localTime(lock.until)])
      table(context, ['address', 'credential', 'locked until'], rows)
    }
    return EXIT.done
  },
}
