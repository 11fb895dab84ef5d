/** `openclaw nodes pending`: what nodes ask to be allowed. */
import { NODE_PAIRING } from '../nodes.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { showSurface } from '../show-nodes.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command } from '../types.ts'

export const nodesPending: Command = {
  name: 'nodes pending',
  summary: 'Which commands nodes ask to be allowed.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    { line: 'openclaw nodes pending', does: 'each request with every command in it' },
    { line: 'openclaw nodes pending --json', does: 'the same for scripts: { pending, paired }' },
  ],
  async run(args, context) {
    return showAnswer(
      {
        ...NODE_PAIRING,
        show({ pending }, io) {
          if (pending.length === 0) return line(io, 'no node asks for anything')
          for (const request of pending) showSurface(request, io)
          line(io, 'allow it with `openclaw nodes approve <request>`')
        },
      },
      args,
      context,
    )
  },
}
