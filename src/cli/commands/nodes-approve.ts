/** `openclaw nodes approve <requestId>`: allows a node what its request lists (PROTOCOL 3.7). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { NODE_PAIRING, nodeShape } from '../nodes.ts'
import { json, line } from '../output.ts'
import { answered, ended } from '../show-answer.ts'
import { showSurface } from '../show-nodes.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const approvedShape = z.looseObject({ requestId: z.string(), node: nodeShape })

export const nodesApprove: Command = {
  name: 'nodes approve',
  summary: 'Allow a node the commands that its request lists.',
  arguments: [{ name: 'requestId', description: 'from `openclaw nodes pending`', required: true }],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw nodes approve 6a0f2c1e-8f2b-4b1c-9d0e-2f6f0c7f1a55',
      does: 'it may be asked for these commands from now on; one that claims more asks again',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const listed = await answered(NODE_PAIRING, args, context)
  if (listed.kind === 'exit') return listed.code
  const { pending } = listed.value
  const [requestId = ''] = args.positionals
  const request = pending.find((one) => one.requestId === requestId)
  if (request === undefined) {
    const ids = pending.map((one) => one.requestId).join(', ')
    const next = ids === '' ? 'no node asks for anything now' : `these do: ${ids}`
    return ended(EXIT.no, `no such request waits; ${next}`, context).code
  }
  const params = { requestId }
  const asked = { method: 'node.pair.approve', params, shape: approvedShape } as const
  const answer = await answered(asked, args, context)
  if (answer.kind === 'exit') return answer.code
  if (flag(args, 'json')) json(context, answer.value)
  else {
    line(context, 'approved:')
    showSurface(request, context)
  }
  return EXIT.done
}
