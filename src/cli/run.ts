/** From a command line to an exit code. Whatever happens, it ends in one line that says what to do, never in a stack trace. */
import { findCommand } from './find-command.ts'
import { COMMANDS, type CommandEntry } from './index.ts'
import { overhear } from './json-errors.ts'
import { machineFault } from './machine-fault.ts'
import { printable, problem } from './output.ts'
import { openSecrets, warningOf, withSecrets } from './secret-options.ts'
import { EXIT, type Context } from './types.ts'

/** However a program is asked for its version. */
const VERSION = new Set(['--version', '-V', '-v', 'version'])

/** `words`: the command line without the program's own name. */
export async function run(words: readonly string[], context: Context): Promise<number> {
  if (!words.includes('--json')) return ended(words, context)
  const overheard = overhear(context)
  const code = await ended(words, overheard.context)
  overheard.end(code)
  return code
}

async function ended(words: readonly string[], context: Context): Promise<number> {
  try {
    return await dispatch(words, context)
  } catch (error) {
    return reportFault(error, context, words.includes('--verbose'))
  }
}

/** One line, and the exit code; `--verbose` adds the chain of causes. A trace tells an operator nothing that the causes do not. */
export function reportFault(
  error: unknown,
  context: Pick<Context, 'stderr'>,
  verbose: boolean,
): number {
  const refused = machineFault(error)
  if (refused !== null) {
    problem(context, refused)
    return EXIT.no
  }
  const causes = causesOf(error)
  const said = printable(verbose ? causes.join(': because ') : (causes[0] ?? 'unknown'))
  const hint = verbose
    ? '`openclaw logs gateway` may know more'
    : 'the same command with --verbose says more'
  context.stderr(`openclaw: unexpected: ${said}. This is our fault, not yours; ${hint}\n`)
  return EXIT.fault
}

async function dispatch(words: readonly string[], context: Context): Promise<number> {
  const { leading, rest } = leadingFlags(words)
  const [first] = rest
  if (first === undefined || first === '--help' || first === '-h') return showHelp([], context)
  if (first !== undefined && VERSION.has(first)) return showVersion(leading, context)
  if (first === 'help') return showHelp(rest.slice(1), context)

  const found = findCommand(COMMANDS, rest)
  if (found.kind === 'unknown') return wrong(context, found.message)
  if (found.kind === 'group') return showHelp([found.name], context)
  return runCommand(found.entry, [...leading, ...found.rest], context)
}

/** `openclaw --json status` means `openclaw status --json`. */
function leadingFlags(words: readonly string[]): {
  readonly leading: readonly string[]
  readonly rest: readonly string[]
} {
  const end = words.findIndex((word) => word !== '--json' && word !== '--verbose')
  const count = end === -1 ? words.length : end
  return { leading: words.slice(0, count), rest: words.slice(count) }
}

async function runCommand(
  entry: CommandEntry,
  words: readonly string[],
  context: Context,
): Promise<number> {
  const [command, { parse }] = await Promise.all([entry.load(), import('./parse.ts')])
  const parsed = parse(command, words)
  if (parsed.kind === 'wrong') {
    return wrong(
      context,
      `${command.name}: ${parsed.message}; \`openclaw ${command.name} --help\` shows how it is used`,
    )
  }
  if (parsed.kind === 'help') {
    context.stdout(parsed.text)
    return EXIT.done
  }
  for (const option of openSecrets(command, parsed.args)) problem(context, warningOf(option))
  return command.run(await withSecrets(command, parsed.args, context), context)
}

async function showHelp(words: readonly string[], context: Context): Promise<number> {
  const { groupHelp, programHelp } = await import('./help.ts')
  if (words.length === 0) {
    context.stdout(await programHelp(COMMANDS))
    return EXIT.done
  }
  const found = findCommand(COMMANDS, words)
  if (found.kind === 'unknown') return wrong(context, found.message)
  if (found.kind === 'command') return runCommand(found.entry, ['--help'], context)
  context.stdout(await groupHelp(COMMANDS, found.name))
  return EXIT.done
}

function showVersion(leading: readonly string[], context: Context): number {
  const version = context.parts.version()
  context.stdout(leading.includes('--json') ? `${JSON.stringify({ version })}\n` : `${version}\n`)
  return EXIT.done
}

function wrong(context: Context, message: string): number {
  problem(context, message)
  return EXIT.usage
}

/** The message of an error and of what caused it, outermost first; bounded, since a cause may be its own. */
function causesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error))
    return [typeof error === 'string' ? error : 'something that is no error was thrown']
  const message = firstLine(error.message === '' ? error.name : error.message)
  return error.cause === undefined || depth === 5
    ? [message]
    : [message, ...causesOf(error.cause, depth + 1)]
}

/** A message that quotes a trace has it below. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 500) ?? ''
}
