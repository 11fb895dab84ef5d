/** `openclaw nodes list`: the nodes, and what each may be asked to run. */
import { NODE_LIST } from '../nodes.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { showNodes } from '../show-nodes.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command } from '../types.ts'

export const nodesList: Command = {
  name: 'nodes list',
  summary: 'Which nodes there are, and what each may be asked to run.',
  arguments: [],
  options: GATEWAY_OPTIONS,
  examples: [
    { line: 'openclaw nodes list', does: 'shows which are connected, and the approved commands' },
  ],
  async run(args, context) {
    return showAnswer(
      {
        ...NODE_LIST,
        show({ nodes }, io) {
          if (nodes.length > 0) showNodes(nodes, io)
          else line(io, 'there is no node; `openclaw qr --access node` makes a code for one')
        },
      },
      args,
      context,
    )
  },
}
