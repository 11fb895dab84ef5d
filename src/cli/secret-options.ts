/** Secrets that a command line names: what is said of such an option, and where `-` takes one from (R61). */
import { createInterface } from 'node:readline'
import { typedSecret } from './typed-secret.ts'
import type { Arguments, Command, Context, Io, Option } from './types.ts'

/** For help and reference: how to give it where nobody else sees it. */
export function described({ description, secret }: Option): string {
  return secret === true ? `${description}; - reads it from standard input` : description
}

/** A program's arguments can be read by every user of the machine, and end up in shell history. */
export function warningOf({ flags, variable }: Option): string {
  const name = nameOf(flags)
  const better = variable === undefined ? '' : `${variable} is safer, and `
  return `warning: what follows --${name} can be read by every user of this machine while the command runs; ${better}\`--${name} -\` reads it from standard input`
}

/** Each `-` replaced by a line of standard input, in the order of the command's options. */
export async function withSecrets(
  command: Command,
  { positionals, options }: Arguments,
  context: Context,
): Promise<Arguments> {
  const asked = command.options.filter(
    ({ flags, secret }) => secret === true && options[keyOf(flags)] === '-',
  )
  if (asked.length === 0) return { positionals, options }
  const labels = asked.map(({ flags }) => [keyOf(flags), `--${nameOf(flags)}`] as const)
  const read = await linesFor(new Map(labels), context)
  return { positionals, options: { ...options, ...read } }
}

/** Those that stand on the command line itself. */
export function openSecrets(command: Command, { options }: Arguments): readonly Option[] {
  return command.options.filter(({ flags, secret }) => {
    const given = options[keyOf(flags)]
    return secret === true && given !== undefined && given !== '-'
  })
}

/**
 * A line of standard input for each name, in their order; empty where it ends before. On a terminal each is asked for by
 * its label, and not shown. `asked`: labels by name.
 */
export async function linesFor(
  asked: ReadonlyMap<string, string>,
  io: Pick<Io, 'stderr'>,
): Promise<Record<string, string>> {
  const read: Record<string, string> = Object.fromEntries(
    [...asked.keys()].map((name) => [name, '']),
  )
  if (process.stdin.isTTY) {
    for (const [name, label] of asked) read[name] = ((await typedSecret(label, io)) ?? '').trim()
    return read
  }
  const waiting = [...asked.keys()]
  const lines = createInterface({ input: process.stdin, terminal: false })
  for await (const line of lines) {
    const name = waiting.shift()
    if (name !== undefined) read[name] = line.trim()
    if (waiting.length === 0) break
  }
  return read
}

/** As a parsed command line calls it: `appSecret`. */
function keyOf(flags: string): string {
  return nameOf(flags).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function nameOf(flags: string): string {
  return /^--([a-z-]+)/.exec(flags)?.[1] ?? ''
}
