/** What this machine allows to be run: a file that nobody else can write, and what the command line adds (SPEC 1). */
import JSON5 from 'json5'
import { z } from 'zod'
import { readPrivateFile } from '../host/permissions.ts'
import { isAdminCommand } from '../pairing/node-commands.ts'
import { claimedSurface } from '../pairing/surface.ts'
import { readAllowOption } from './allow-option.ts'
import { commandShape, programCommand } from './command-shape.ts'
import type { BuiltInCommand, NodeCommand, NodeCommands, ProgramCommand } from './types.ts'

export type CommandListRead =
  | { readonly kind: 'commands'; readonly commands: NodeCommands }
  /** `message` says what is wrong, where, and what to do. */
  | { readonly kind: 'wrong'; readonly message: string }

export interface CommandSources {
  readonly file: { readonly path: string; readonly required: boolean }
  /** `--allow`, as given. */
  readonly allow: readonly string[]
  readonly builtIn: readonly BuiltInCommand[]
}

const fileShape = z.strictObject({ commands: z.record(z.string(), commandShape).default({}) })

export async function readCommandList({
  file,
  allow,
  builtIn,
}: CommandSources): Promise<CommandListRead> {
  const listed = await readListFile(file)
  if (listed.kind === 'wrong') return listed
  const added: ProgramCommand[] = []
  for (const given of allow) {
    const read = readAllowOption(given)
    if (read.kind === 'wrong') return read
    added.push(read.command)
  }
  return joined([...builtIn, ...listed.commands, ...added])
}

/** Names that gateways know as dangerous, however they are spelt. */
export function reachingDeep(commands: NodeCommands): readonly string[] {
  return [...commands.keys()].filter(isAdminCommand)
}

type ListFile =
  | { readonly kind: 'listed'; readonly commands: readonly ProgramCommand[] }
  | Extract<CommandListRead, { kind: 'wrong' }>

async function readListFile({ path, required }: CommandSources['file']): Promise<ListFile> {
  const read = await readPrivateFile(path)
  if (read.kind === 'absent')
    return required ? wrong(`${path} is not there`) : { kind: 'listed', commands: [] }
  // Whoever can write it decides what runs here as this user.
  if (read.kind === 'refused') return wrong(`${path} ${read.why}. ${read.fix}`)

  const parsed = fileShape.safeParse(parsedJson5(read.text))
  if (!parsed.success) return wrong(`${path}: ${faultIn(parsed.error)}`)
  const entries = Object.entries(parsed.data.commands)
  return { kind: 'listed', commands: entries.map(([name, entry]) => programCommand(name, entry)) }
}

/** Twice the same name is refused: which of the two was meant decides what runs. */
function joined(all: readonly NodeCommand[]): CommandListRead {
  const names = all.map(({ name }) => name)
  const shown = claimedSurface({ caps: [], commands: names }).commands
  const unshown = names.find((name) => !shown.includes(name))
  if (unshown !== undefined)
    return wrong(
      `${JSON.stringify(unshown)} is no name for a command: 1 to 128 characters without blanks, and at most 256 commands`,
    )
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return wrong(`the command ${twice} is there twice`)
  return { kind: 'commands', commands: new Map(all.map((command) => [command.name, command])) }
}

/** `undefined`, which no list is, for what is no JSON5. */
function parsedJson5(text: string): unknown {
  try {
    return JSON5.parse(text)
  } catch {
    return undefined
  }
}

function faultIn({ issues: [issue] }: z.ZodError): string {
  const where = issue?.path.map(String).join('.') ?? ''
  if (where === '')
    return 'it must be JSON5 of the form { commands: { "disk.free": { run: ["df", "-h"] } } }'
  return `in ${where}: ${issue?.message ?? 'it is wrong'}`
}

function wrong(message: string): Extract<CommandListRead, { kind: 'wrong' }> {
  return { kind: 'wrong', message }
}
