/** `openclaw token rotate`: begins a rotation. The old token stays valid until `token promote` (SPEC 2.9, S3). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { ask, reportNoAnswer } from '../client.ts'
import { json, line } from '../output.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Command } from '../types.ts'

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
    const question = {
      method: 'POST',
      path: '/api/v1/token/rotate',
      body: {},
      shape: rotatedShape,
    } as const
    const answer = await ask(question, args, context)
    if (answer.kind !== 'answered') return reportNoAnswer(answer, args, context)
    const { token, fingerprint, previous } = answer.value
    if (flag(args, 'json')) {
      json(context, answer.value)
      return EXIT.done
    }
    line(context, token)
    context.stderr(
      `This is the new token (${fingerprint}); it is not shown again. The old one (${previous}) stays valid.\n` +
        'Next: give it to your clients, watch `openclaw token status`, then `openclaw token promote`.\n',
    )
    return EXIT.done
  },
}
