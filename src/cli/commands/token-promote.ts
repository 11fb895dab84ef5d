/** `openclaw token promote`: ends a rotation. The new token becomes the only one (SPEC 2.9). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { goneTokenShape, printGoneToken } from '../show-gone-token.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command, Context } from '../types.ts'

const promotedShape = goneTokenShape.extend({ promoted: z.string() })

export const tokenPromote: Command = {
  name: 'token promote',
  summary: 'Make the new token the only one; refuses while a client still uses the old one.',
  arguments: [],
  options: [
    { flags: '--force', description: 'cut off the clients that still use the old token' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    { line: 'openclaw token promote', does: 'drops the old token, if nobody used it for an hour' },
    { line: 'openclaw token promote --force', does: 'drops it now: after a leak, for example' },
  ],
  async run(args, context) {
    const params = { force: flag(args, 'force') }
    const question = { method: 'token.promote', params, shape: promotedShape, show: print } as const
    return showAnswer(question, args, context)
  },
}

function print(gone: z.output<typeof promotedShape>, context: Context): void {
  const { promoted, dropped } = gone
  line(
    context,
    `${promoted} is the token now; ${dropped} is no longer valid, and what it had opened is closed`,
  )
  printGoneToken(gone, 'old', context)
}
