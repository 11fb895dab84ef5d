/** `openclaw nodes remove <node>`: the device is a node no longer. */
import { z } from 'zod'
import { shortId } from '../../core/ids.ts'
import { namedId } from '../ids.ts'
import { NODE_ARGUMENT, NODE_OPTION, pairedNode } from '../nodes.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command } from '../types.ts'

const removedShape = z.looseObject({ nodeId: z.string() })

export const nodesRemove: Command = {
  name: 'nodes remove',
  summary: 'Remove a node: its token is dead and its commands are forgotten.',
  arguments: [NODE_ARGUMENT],
  options: [NODE_OPTION, ...GATEWAY_OPTIONS],
  examples: [
    {
      line: 'openclaw nodes remove 3f2a9c01b2d4',
      does: 'what the device may do as an operator stays; `openclaw devices remove` ends that too',
    },
  ],
  async run(args, context) {
    const found = await namedId(pairedNode('nodes remove'), args, context)
    if (found.kind === 'exit') return found.code
    return showAnswer(
      {
        method: 'node.pair.remove',
        params: { nodeId: found.value },
        shape: removedShape,
        show: ({ nodeId }, io) => line(io, `${shortId(nodeId)} is a node no longer`),
      },
      args,
      context,
    )
  },
}
