/** `openclaw nodes invoke <node> <command>`: runs an approved command on a node and prints what came of it. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { jsonOf } from '../../core/json.ts'
import { text, wholeNumber, type Reading } from '../arguments.ts'
import { namedId } from '../ids.ts'
import { knownNode, NODE_ARGUMENT, NODE_OPTION } from '../nodes.ts'
import { printableLines } from '../output.ts'
import { ended, showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const NODE_MS = 30_000
/** What the way there and back may take besides. */
const SPARE_MS = 10_000

const endShape = z.looseObject({ nodeId: z.string(), command: z.string(), payload: z.unknown() })

export const nodesInvoke: Command = {
  name: 'nodes invoke',
  summary: 'Run an approved command on a node, and print what came of it.',
  arguments: [
    NODE_ARGUMENT,
    { name: 'command', description: 'one that `openclaw nodes list` shows', required: false },
  ],
  options: [
    NODE_OPTION,
    { flags: '--command <command>', description: 'the same as an option' },
    { flags: '--params <json>', description: 'what the command is given, as JSON' },
    { flags: '--timeout-ms <ms>', description: `how long the node may take (${NODE_MS})` },
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw nodes invoke 3f2a9c01b2d4 camera.snap',
      does: 'prints the node’s answer as JSON',
    },
    {
      line: `openclaw nodes invoke 3f2a9c01b2d4 system.run --params '{"command":["uptime"]}'`,
      does: 'with parameters; every run is in the record',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const wish = wishOf(args)
  if (wish.kind === 'wrong') return ended(EXIT.usage, `nodes invoke: ${wish.message}`, context).code
  const found = await namedId(knownNode('nodes invoke'), args, context)
  if (found.kind === 'exit') return found.code
  const { timeoutMs } = wish.value
  return showAnswer(
    {
      method: 'node.invoke',
      params: { nodeId: found.value, ...wish.value, idempotencyKey: randomUUID() },
      shape: endShape,
      timeoutMs: timeoutMs + SPARE_MS,
      show: ({ payload }, io) =>
        io.stdout(`${printableLines(JSON.stringify(payload ?? null, null, 2))}\n`),
    },
    args,
    context,
  )
}

interface Wish {
  readonly command: string
  readonly params?: unknown
  readonly timeoutMs: number
}

function wishOf(args: Arguments): Reading<Wish> {
  // With --node the command is the first argument.
  const position = text(args, 'node') === undefined ? 1 : 0
  const command = text(args, 'command') ?? args.positionals[position] ?? ''
  if (command === '')
    return wrong(
      'say what it shall run: `… <node> <command>`; `openclaw nodes list` shows what it may',
    )
  const timeout = wholeNumber(args, 'timeoutMs', { min: 1, max: 600_000 })
  if (timeout.kind === 'wrong') return wrong('--timeout-ms must be a whole number from 1 to 600000')
  const written = text(args, 'params')
  const params = written === undefined ? undefined : jsonOf(written)
  if (written !== undefined && params === undefined)
    return wrong(`--params must be JSON, such as '{"quality": 80}'`)
  return {
    kind: 'value',
    value: {
      command,
      ...(params !== undefined && { params }),
      timeoutMs: timeout.value ?? NODE_MS,
    },
  }
}

function wrong(message: string): Reading<Wish> {
  return { kind: 'wrong', message }
}
