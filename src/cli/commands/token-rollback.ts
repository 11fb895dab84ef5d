/** `openclaw token rollback`: gives a rotation up. The second token goes, the first one stays (SPEC 2.9). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { goneTokenShape, printGoneToken } from '../show-gone-token.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command, Context } from '../types.ts'

const rolledBackShape = goneTokenShape.extend({ kept: z.string() })

export const tokenRollback: Command = {
  name: 'token rollback',
  summary: 'Give a rotation up: drop the new token; refuses while a client already uses it.',
  arguments: [],
  options: [
    { flags: '--force', description: 'cut off the clients that already use the new token' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    { line: 'openclaw token rollback', does: 'only the token of before is valid again' },
    { line: 'openclaw token rollback --force', does: 'whoever uses the new one is cut off' },
  ],
  async run(args, context) {
    const params = { force: flag(args, 'force') }
    const question = { method: 'token.rollback', params, shape: rolledBackShape } as const
    return showAnswer({ ...question, show: print }, args, context)
  },
}

function print(rolledBack: z.output<typeof rolledBackShape>, context: Context): void {
  const { kept, dropped } = rolledBack
  line(
    context,
    `${kept} is the only token; ${dropped} is no longer valid, and what it had opened is closed`,
  )
  printGoneToken(rolledBack, 'new', context)
}
