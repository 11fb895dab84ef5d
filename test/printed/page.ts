/** Writes docs/printed-commands.md from the table that the tests try. */
import { markdownTable } from '../markdown-table.ts'
import { PRINTED_COMMANDS } from './commands.ts'
import { STATES, TOPICS, type PrintedCommand, type PrintedSnippet, type Topic } from './printed.ts'
import { PRINTED_SNIPPETS } from './snippets.ts'

const INTRODUCTION = `# Commands you may have seen elsewhere

Guides for OpenClaw print commands and pieces of configuration. This page says what each of them does here; it is made by
\`npm run docs\` from what the tests type into a shell, those that are ours, in an empty home or beside a gateway.

- ${STATES.works}: type it as it is printed, with your own values, codes and ids.
- ${STATES.differs}: it does something else here; the last column says why, and what to type.
- ${STATES.later}: this version does not have it.
- ${STATES.elsewhere}: it belongs to another program.

Everything there is: [the command line](cli.md), [the configuration](reference/config.md).
`

export function printedPage(): string {
  const commands = TOPICS.flatMap((topic) => commandSection(topic))
  const snippets = TOPICS.flatMap((topic) => snippetSection(topic))
  return [INTRODUCTION, '## Commands\n', ...commands, '## Configuration\n', ...snippets].join('\n')
}

function commandSection(topic: Topic): readonly string[] {
  const entries = PRINTED_COMMANDS.filter((one) => one.topic === topic)
  if (entries.length === 0) return []
  const rows = entries.map((one) => [inCode(one.line), STATES[one.state], whatItDoes(one)])
  return [`### ${topic}\n`, markdownTable(['command', 'here', 'what it does'], rows)]
}

function whatItDoes(entry: PrintedCommand): string {
  const instead = 'instead' in entry ? entry.instead : undefined
  return instead === undefined ? entry.does : `${entry.does}. Type ${inCode(instead)}`
}

function snippetSection(topic: Topic): readonly string[] {
  const entries = PRINTED_SNIPPETS.filter((one) => one.topic === topic)
  if (entries.length === 0) return []
  const files = entries.filter((one) => !('text' in one))
  const rows = files.map((one) => [one.title, inCode(one.file), STATES[one.state], one.does])
  return [
    `### ${topic}: files\n`,
    ...entries.flatMap(shown),
    ...(rows.length === 0 ? [] : [markdownTable(['what', 'file', 'here', ''], rows)]),
  ]
}

function shown(snippet: PrintedSnippet): readonly string[] {
  if (!('text' in snippet)) return []
  const { title, file, state, does, text } = snippet
  const head = `**${title}**, in \`${file}\` (${STATES[state]}): ${does}.\n`
  if (snippet.state === 'differs') return [head, block(text), 'Write:\n', block(snippet.instead)]
  const { needs } = snippet
  return [head, block(text), ...(needs === undefined ? [] : [block(`${needs.line}\n`)])]
}

function block(text: string): string {
  return `\`\`\`\n${text}\`\`\`\n`
}

/** A bar would end the cell, code or not. */
function inCode(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}
