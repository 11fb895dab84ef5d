/** `openclaw nodes describe <node>`: everything about one node. */
import { namedId } from '../ids.ts'
import { knownNode, NODE_ARGUMENT, NODE_OPTION, nodeShape } from '../nodes.ts'
import { showAnswer } from '../show-answer.ts'
import { showNode } from '../show-nodes.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command } from '../types.ts'

export const nodesDescribe: Command = {
  name: 'nodes describe',
  summary: 'Everything about one node.',
  arguments: [NODE_ARGUMENT],
  options: [NODE_OPTION, ...GATEWAY_OPTIONS],
  examples: [
    {
      line: 'openclaw nodes describe 3f2a9c01b2d4',
      does: 'who it is, what it may be asked to run, and what it asks for',
    },
  ],
  async run(args, context) {
    const found = await namedId(knownNode('nodes describe'), args, context)
    if (found.kind === 'exit') return found.code
    const params = { nodeId: found.value }
    return showAnswer(
      { method: 'node.describe', params, shape: nodeShape, show: showNode },
      args,
      context,
    )
  },
}
