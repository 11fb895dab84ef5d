/** `openclaw nodes reject <requestId>`: a node is not allowed what it asks for. */
import { z } from 'zod'
import { shortId } from '../../core/ids.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command } from '../types.ts'

const rejectedShape = z.looseObject({ requestId: z.string(), nodeId: z.string() })

export const nodesReject: Command = {
  name: 'nodes reject',
  summary: 'Do not allow a node what it asks for; what was approved before stays.',
  arguments: [{ name: 'requestId', description: 'from `openclaw nodes pending`', required: true }],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw nodes reject 6a0f2c1e-8f2b-4b1c-9d0e-2f6f0c7f1a55',
      does: 'this request is over',
    },
  ],
  async run(args, context) {
    const [requestId = ''] = args.positionals
    return showAnswer(
      {
        method: 'node.pair.reject',
        params: { requestId },
        shape: rejectedShape,
        show: ({ nodeId }, io) => line(io, `the request of node ${shortId(nodeId)} is rejected`),
      },
      args,
      context,
    )
  },
}
