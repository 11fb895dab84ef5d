/** `openclaw --help` and `openclaw config --help`, from the registry. */
import type { CommandEntry } from './index.ts'

const INTRODUCTION = `OpenClaw gateway: it stands in front of your AI agents, decides who gets in, and explains every decision.

Usage: openclaw <command> [options]

Begin with:
  openclaw gateway      start it; it prints the address of its page
  openclaw dashboard    print a fresh login link
  openclaw status       see where it listens and how it decides
`

const ENDING = `
Every command has --help with examples, --json, and exit codes: 0 done, 1 refused, problems found or not running,
2 used wrongly, 70 our own fault.
`

export async function programHelp(entries: readonly CommandEntry[]): Promise<string> {
  return `${INTRODUCTION}\nCommands:\n${await linesOf(entries)}${ENDING}`
}

export async function groupHelp(entries: readonly CommandEntry[], group: string): Promise<string> {
  const members = entries.filter(({ name }) => name === group || name.startsWith(`${group} `))
  return `Usage: openclaw ${group} <command> [options]\n\nCommands:\n${await linesOf(members)}${ENDING}`
}

async function linesOf(entries: readonly CommandEntry[]): Promise<string> {
  const commands = await Promise.all(
    entries.map(async ({ name, load }) => ({ name, summary: (await load()).summary })),
  )
  const width = Math.max(...commands.map(({ name }) => name.length))
  return commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`).join('')
}
