/** The reference page of the command line, made from the registry so that it never lags behind. */
import type { CommandEntry } from './index.ts'
import { described } from './secret-options.ts'
import type { Argument, Command, Option } from './types.ts'

const INTRODUCTION = `# The command line

Every command has \`--help\` with examples, \`--json\`, and \`--verbose\`. Exit codes: 0 done; 1 refused, problems found, or
the gateway is not running; 2 used wrongly; 70 our own fault. With \`--json\` a command that says no prints
\`{ "error": { "code", "message" } }\` on standard output, besides the line on standard error.

Commands reach the gateway by the owner's socket in the state dir, so whoever owns the state dir needs no token; where
there is no socket, by \`http://127.0.0.1:<port>\` with the configured token or password; with \`gateway.mode\` set to
\`remote\`, by \`gateway.remote\`. \`--url\` names another one and sends it only what \`--token\` says, or the device token that
this very gateway gave this machine (\`devices pair\`). \`logs\`, \`auth why\`, \`config\` and \`api-keys\` also work while no
gateway runs.

Secrets on a command line can be read by every user of the machine, so commands that take one say so; the environment
and the config file are safer. \`dashboard\` prints its link and starts no browser for the same reason.
`

export async function commandReference(entries: readonly CommandEntry[]): Promise<string> {
  const commands = await Promise.all(entries.map(async ({ load }) => load()))
  return `${INTRODUCTION}\n${commands.map(sectionOf).join('\n')}`
}

function sectionOf(command: Command): string {
  const given = command.arguments
    .map(({ name, required }) => (required ? ` <${name}>` : ` [${name}]`))
    .join('')
  const notes = [...command.arguments.map(argumentLine), ...command.options.map(optionLine)]
  const examples = command.examples.map(({ line, does }) => `${line}\n    # ${does}`)
  return [
    `## openclaw ${command.name}${given}\n`,
    `${command.summary}\n`,
    ...(notes.length === 0 ? [] : [`${notes.join('\n')}\n`]),
    `\`\`\`sh\n${examples.join('\n')}\n\`\`\`\n`,
  ].join('\n')
}

function argumentLine({ name, description, choices }: Argument): string {
  return `- \`${name}\`: ${description}${choicesOf(choices)}`
}

function optionLine(option: Option): string {
  return `- \`${option.flags}\`: ${described(option)}${choicesOf(option.choices)}`
}

function choicesOf(choices: readonly string[] | undefined): string {
  return choices === undefined ? '' : ` (${choices.join(', ')})`
}
