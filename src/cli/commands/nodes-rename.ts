/** `openclaw nodes rename <node> <name>`: what its owner calls a node. */
import { z } from 'zod'
import { text } from '../arguments.ts'
import { shortId } from '../../core/ids.ts'
import { namedId } from '../ids.ts'
import { NODE_ARGUMENT, NODE_OPTION, pairedNode } from '../nodes.ts'
import { line } from '../output.ts'
import { ended, showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const renamedShape = z.looseObject({ nodeId: z.string(), displayName: z.string() })

export const nodesRename: Command = {
  name: 'nodes rename',
  summary: 'Give a node a name of your own.',
  arguments: [
    NODE_ARGUMENT,
    { name: 'name', description: 'its name, 64 characters at most', required: false },
  ],
  options: [
    NODE_OPTION,
    { flags: '--name <name>', description: 'the same as an option' },
    ...GATEWAY_OPTIONS,
  ],
  examples: [{ line: 'openclaw nodes rename 3f2a9c01b2d4 "Attic"', does: 'lists show this name' }],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  // With --node the name is the first argument.
  const position = text(args, 'node') === undefined ? 1 : 0
  const displayName = (text(args, 'name') ?? args.positionals[position] ?? '').trim()
  if (displayName === '') {
    const message = 'nodes rename: what shall it be called? `… <node> "Attic"`'
    return ended(EXIT.usage, message, context).code
  }
  const found = await namedId(pairedNode('nodes rename'), args, context)
  if (found.kind === 'exit') return found.code
  return showAnswer(
    {
      method: 'node.rename',
      params: { nodeId: found.value, displayName },
      shape: renamedShape,
      show: (renamed, io) =>
        line(io, `${shortId(renamed.nodeId)} is called ${renamed.displayName} now`),
    },
    args,
    context,
  )
}
