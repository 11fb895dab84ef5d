/** `openclaw token rotate`: begins a rotation. The old token stays valid until `token promote` (SPEC 2.9, S3). */
import { z } from 'zod'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command, Context } from '../types.ts'

const rotatedShape = z.object({ token: z.string(), fingerprint: z.string(), previous: z.string() })

export const tokenRotate: Command = {
  name: 'token rotate',
  summary: 'Make a second token valid beside the first, and show it once.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw token rotate',
      does: 'prints the new token; both are valid until `openclaw token promote`',
    },
    {
      line: 'openclaw token rotate --json',
      does: 'the same for scripts: { token, fingerprint, previous }',
    },
  ],
  async run(args, context) {
    const question = { method: 'token.rotate', shape: rotatedShape, show: print } as const
    return showAnswer(question, args, context)
  },
}

function print(
  { token, fingerprint, previous }: z.output<typeof rotatedShape>,
  context: Context,
): void {
  line(context, token)
  context.stderr(
    `This is the new token (${fingerprint}); it is not shown again. The old one (${previous}) stays valid.\n` +
      'Next: give it to your clients, watch `openclaw token status`, then `openclaw token promote`.\n',
  )
}
