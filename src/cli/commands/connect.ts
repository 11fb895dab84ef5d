/** `openclaw connect`: this machine as a node of a gateway: runs what is on its own list, and nothing else (decision 011). */
import { hostname } from 'node:os'
import { join } from 'node:path'
import { builtInCommands } from '../../node-host/built-in.ts'
import { readCommandList, reachingDeep } from '../../node-host/command-list.ts'
import type { NodeCommands } from '../../node-host/types.ts'
import { flag, list, text } from '../arguments.ts'
import { nodeTarget } from '../node-target.ts'
import { problem } from '../output.ts'
import { CODE_OPTION } from '../setup-code.ts'
import { nodeTeller, showNodeEnd } from '../show-node.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

const LIST_FILE = 'node-commands.json'
const HERE_AGAIN = 'start this command again: it asks for an approval'
const ELSEWHERE_AGAIN =
  'type `openclaw qr --access node` on its host, then `openclaw connect --code -` here'

export const connect: Command = {
  name: 'connect',
  summary: 'Serve a gateway as a node: run the commands that this machine allows, when it asks.',
  arguments: [],
  options: [
    {
      flags: '--url <url>',
      description: 'the gateway (this host’s, or gateway.remote): http(s):// or ws(s)://',
    },
    {
      flags: '--token <token>',
      description: 'its token or password, to ask to be let in',
      secret: true,
    },
    CODE_OPTION,
    {
      flags: '--allow <command>',
      description: 'allow <name>=<program and its fixed arguments>, besides the file',
      repeat: true,
    },
    {
      flags: '--config <file>',
      description: `the list of commands (${LIST_FILE} in the state dir)`,
    },
    { flags: '--name <name>', description: 'what operators see it as (the host name)' },
    {
      flags: '--once',
      description: 'end with the connection, and where an approval is missing, instead of waiting',
    },
  ],
  examples: [
    {
      line: 'openclaw connect --code -',
      does: 'asks for the setup code that `openclaw qr --access node` printed on the gateway’s host',
    },
    {
      line: 'openclaw connect --url wss://claw.example.com --allow up=uptime --allow "disk.free=df -h"',
      does: 'offers two commands, with the device token that it got when it was paired',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const read = await readCommandList(sourcesOf(args, context))
  if (read.kind === 'wrong') return wrong(context, read.message)
  const found = await nodeTarget(args, context)
  if (found.kind === 'wrong') return wrong(context, found.message)
  const { commands } = read
  const { url, credential, thisHost } = found.target
  warnOfDangerous(commands, context)

  const again = thisHost ? HERE_AGAIN : ELSEWHERE_AGAIN
  const asker = { from: url.origin, credential, again }
  const manner = { asJson: flag(args, 'json'), context }
  const options = {
    url,
    credential: credential === null ? null : { kind: credential.kind, secret: credential.secret },
    displayName: text(args, 'name') ?? hostname(),
    commands,
    connections: flag(args, 'once') ? ('first' as const) : ('all' as const),
  }
  const end = await context.parts.serveNode(options, context.env, nodeTeller(asker, manner))
  return showNodeEnd(end, asker, manner)
}

function sourcesOf(args: Arguments, { parts, env }: Context) {
  const given = text(args, 'config')
  const path = given ?? join(parts.stateDir(env), LIST_FILE)
  const builtIn = builtInCommands(parts.version())
  return { file: { path, required: given !== undefined }, allow: list(args, 'allow'), builtIn }
}

function warnOfDangerous(commands: NodeCommands, context: Context): void {
  const deep = reachingDeep(commands)
  if (deep.length === 0) return
  problem(
    context,
    `warning: ${deep.join(', ')}: a gateway asks for these on behalf of administrators alone, since such commands reach deep into a machine. What they run here is what the list says, as user ${process.getuid?.() ?? 'of this process'}`,
  )
}

function wrong(context: Context, message: string): number {
  problem(context, `connect: ${message}`)
  return EXIT.usage
}
