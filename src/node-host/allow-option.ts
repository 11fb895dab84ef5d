/** Reads `--allow <name>=<program and fixed arguments>`: words between blanks, since no shell is there to do more. */
import { commandShape, programCommand } from './command-shape.ts'
import type { ProgramCommand } from './types.ts'

export type AllowOption =
  | { readonly kind: 'command'; readonly command: ProgramCommand }
  | { readonly kind: 'wrong'; readonly message: string }

/** Whoever writes one of these expects a shell. */
const FOR_A_SHELL = /["'`$\\|&;<>()*?]/

export function readAllowOption(given: string): AllowOption {
  const at = given.indexOf('=')
  const name = given.slice(0, at)
  const words = given
    .slice(at + 1)
    .split(/\s+/)
    .filter((word) => word !== '')
  if (at < 1 || words.length === 0)
    return wrong('--allow is written <name>=<program>, with fixed arguments after it: up=uptime -p')
  if (FOR_A_SHELL.test(given.slice(at + 1)))
    return wrong(
      `--allow ${name}: there is no shell, so quotes and $ | & ; < > * mean nothing: write this command into node-commands.json`,
    )
  const parsed = commandShape.safeParse({ run: words })
  return parsed.success
    ? { kind: 'command', command: programCommand(name, parsed.data) }
    : wrong(`--allow ${name}: the program ${parsed.error.issues[0]?.message ?? 'is wrong'}`)
}

function wrong(message: string): Extract<AllowOption, { kind: 'wrong' }> {
  return { kind: 'wrong', message }
}
