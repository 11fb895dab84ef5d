/** `openclaw nodes reject <request>`: a node is not allowed what it asks for. */
import { z } from 'zod'
import { shortId } from '../../core/ids.ts'
import { NODE_PAIRING, SURFACE_ARGUMENT, waitingSurfaces } from '../nodes.ts'
import { line } from '../output.ts'
import { namedRequest } from '../requests.ts'
import { answered, showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import type { Command } from '../types.ts'

const rejectedShape = z.looseObject({ requestId: z.string(), nodeId: z.string() })

export const nodesReject: Command = {
  name: 'nodes reject',
  summary: 'Do not allow a node what it asks for; what was approved before stays.',
  arguments: [SURFACE_ARGUMENT],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw nodes reject 6a0f2c1e-8f2',
      does: 'this request is over',
    },
    { line: 'openclaw nodes reject 3f2a9c01b2d4', does: 'whatever this node asks for now' },
  ],
  async run(args, context) {
    const listed = await answered(NODE_PAIRING, args, context)
    if (listed.kind === 'exit') return listed.code
    const [given = ''] = args.positionals
    const requests = waitingSurfaces('nodes reject', listed.value.pending)
    const found = namedRequest(given, requests, context)
    if (found.kind === 'exit') return found.code
    const { requestId } = found.value.request
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
