/** One command's part of the command line, checked against what it accepts; and its help. */
import {
  Argument as CommanderArgument,
  Command as Commander,
  CommanderError,
  Option as CommanderOption,
} from 'commander'
import { described } from './secret-options.ts'
import type { Argument, Arguments, Command, Option, OptionValue } from './types.ts'

export type Parsed =
  | { readonly kind: 'arguments'; readonly args: Arguments }
  | { readonly kind: 'help'; readonly text: string }
  /** Names options and arguments, never a value: it may be a secret. */
  | { readonly kind: 'wrong'; readonly message: string }

/** Options that every command has. */
const COMMON_OPTIONS: readonly Option[] = [
  { flags: '--json', description: 'print JSON and nothing else' },
  { flags: '--verbose', description: 'say more when something goes wrong' },
]

/** `words`: what follows the command's name. */
export function parse(command: Command, words: readonly string[]): Parsed {
  const commander = build(command)
  try {
    commander.parse([...words], { from: 'user' })
    return {
      kind: 'arguments',
      args: { positionals: commander.args, options: optionsOf(commander) },
    }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return { kind: 'help', text: helpOf(command) }
    return { kind: 'wrong', message: withoutValues(error, command) }
  }
}

function helpOf(command: Command): string {
  const examples = command.examples.map(({ line, does }) => `  ${line}\n      ${does}`)
  return `${build(command).helpInformation()}\nExamples:\n${examples.join('\n')}\n`
}

/** `--follow`, `--header`: for completion. */
export function longFlags(command: Command): readonly string[] {
  return build(command).options.flatMap(({ long }) => long ?? [])
}

/** From `--bind` to what it accepts, where that is fixed: for completion. */
export function optionChoices(command: Command): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    build(command).options.flatMap(({ long, argChoices }) =>
      typeof long === 'string' && argChoices !== undefined ? [[long, argChoices] as const] : [],
    ),
  )
}

function build(command: Command): Commander {
  const commander = new Commander(`openclaw ${command.name}`)
    .description(command.summary)
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .helpOption('-h, --help', 'show this help')
  for (const argument of command.arguments) commander.addArgument(commanderArgument(argument))
  for (const option of [...command.options, ...COMMON_OPTIONS])
    commander.addOption(commanderOption(option))
  return commander
}

function commanderArgument({ name, description, required, choices }: Argument): CommanderArgument {
  const argument = new CommanderArgument(required ? `<${name}>` : `[${name}]`, description)
  if (choices === undefined) return argument
  return argument.choices(choices).argParser(oneOf(choices, ''))
}

/** In our own words; a value that looks like no choice may be a secret in the wrong place, and is not repeated (R61). */
function oneOf(choices: readonly string[], subject: string): (value: string) => string {
  return (value) => {
    if (choices.includes(value)) return value
    const shown = /^[a-z-]{1,20}$/i.test(value) ? `"${value}"` : 'this'
    const message = `${subject}${shown} is none of ${choices.join(', ')}`
    throw new CommanderError(2, 'openclaw.noChoice', message)
  }
}

function commanderOption(given: Option): CommanderOption {
  const { flags, repeat, choices } = given
  const option = new CommanderOption(flags, described(given))
  if (choices !== undefined)
    option.choices(choices).argParser(oneOf(choices, `${flags.split(' ', 1)[0]} `))
  if (repeat)
    option.argParser((value, previous: unknown) => [
      ...(Array.isArray(previous) ? previous : []),
      value,
    ])
  return option
}

function optionsOf(commander: Commander): Record<string, OptionValue | undefined> {
  const options: Record<string, OptionValue | undefined> = {}
  for (const [name, value] of Object.entries<unknown>(commander.opts())) {
    if (typeof value === 'string' || typeof value === 'boolean') options[name] = value
    else if (Array.isArray(value)) options[name] = value.map(String)
  }
  return options
}

function withoutValues(error: CommanderError, command: Command): string {
  if (error.code === 'commander.excessArguments') {
    const names = command.arguments.map(({ name }) => name)
    return names.length === 0
      ? 'it takes no arguments'
      : `too many arguments; it takes ${names.join(', then ')}`
  }
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
  const assigned = message.indexOf('=')
  if (error.code === 'commander.unknownOption' && assigned !== -1)
    return `${message.slice(0, assigned)}'`
  return message
}
