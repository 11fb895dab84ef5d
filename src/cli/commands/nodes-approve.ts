/** `openclaw nodes approve <request>`: allows a node what its request lists (PROTOCOL 3.7). */
import { z } from 'zod'
import { flag } from '../arguments.ts'
import { NODE_PAIRING, nodeShape, waitingSurfaces, type WaitingSurface } from '../nodes.ts'
import { json, line } from '../output.ts'
import { namedRequest, shortRequestId, type Requests } from '../requests.ts'
import { answered, ended } from '../show-answer.ts'
import { showSurface } from '../show-nodes.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const approvedShape = z.looseObject({ requestId: z.string(), node: nodeShape })

export const nodesApprove: Command = {
  name: 'nodes approve',
  summary: 'Allow a node the commands that its request lists.',
  arguments: [
    {
      name: 'request',
      description: 'its id, or the first 8 characters of it or more; without it, shows who asks',
      required: false,
    },
  ],
  options: GATEWAY_OPTIONS,
  examples: [
    {
      line: 'openclaw nodes approve 6a0f2c1e-8f2',
      does: 'it may be asked for these commands from now on; one that claims more asks again',
    },
    {
      line: 'openclaw nodes approve 3f2a9c01b2d4',
      does: 'shows what this node asks for now, and how to approve just that; approves nothing',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const listed = await answered(NODE_PAIRING, args, context)
  if (listed.kind === 'exit') return listed.code
  const { pending } = listed.value
  const requests = waitingSurfaces('nodes approve', pending)
  const [given] = args.positionals
  if (given === undefined) return undecided(pending, { requests, args, context })

  const found = namedRequest(given, requests, context)
  if (found.kind === 'exit') return found.code
  const { kind, request } = found.value
  return kind === 'request'
    ? approve(request, args, context)
    : undecided([request], { requests, args, context })
}

async function approve(
  request: WaitingSurface,
  args: Arguments,
  context: Context,
): Promise<number> {
  const { requestId } = request
  const asked = {
    method: 'node.pair.approve',
    params: { requestId },
    shape: approvedShape,
  } as const
  const answer = await answered(asked, args, context)
  if (answer.kind === 'exit') return answer.code
  if (flag(args, 'json')) json(context, answer.value)
  else {
    line(context, 'approved:')
    showSurface(request, context)
  }
  return EXIT.done
}

/** An approval names what was shown: whatever the node claims in the meantime is not it (R12). */
function undecided(
  shown: readonly WaitingSurface[],
  { requests, args, context }: Undecided,
): number {
  if (shown.length === 0) return ended(EXIT.no, requests.nobody, context).code
  if (!flag(args, 'json')) for (const request of shown) showSurface(request, context)
  const lines = shown.map(
    (request) => `\`openclaw nodes approve ${shortRequestId(request, requests)}\``,
  )
  return ended(EXIT.no, `nothing is approved yet: type ${lines.join(' or ')}`, context).code
}

interface Undecided {
  readonly requests: Requests<WaitingSurface>
  readonly args: Arguments
  readonly context: Context
}
