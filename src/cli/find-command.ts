/** Which command the first words of a command line name. */
import { nearestName } from '../config/suggest.ts'
import type { CommandEntry } from './index.ts'

export type Found =
  | { readonly kind: 'command'; readonly entry: CommandEntry; readonly rest: readonly string[] }
  /** Words that begin several commands: `config`. */
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'unknown'; readonly message: string }

/** The longest name wins: `gateway status` before `gateway`. */
export function findCommand(entries: readonly CommandEntry[], words: readonly string[]): Found {
  const [first = '', second = ''] = words
  const pair = entries.find(({ name }) => name === `${first} ${second}`)
  if (pair !== undefined) return { kind: 'command', entry: pair, rest: words.slice(2) }

  const verbs = entries.flatMap(({ name }) =>
    name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : [],
  )
  const single = entries.find(({ name }) => name === first)
  if (single !== undefined && !mistyped(single, second, verbs)) {
    return { kind: 'command', entry: single, rest: words.slice(1) }
  }
  if (verbs.length === 0)
    return { kind: 'unknown', message: unknownWord('', first, firstWords(entries)) }
  if (second === '' || second.startsWith('-')) return { kind: 'group', name: first }
  return { kind: 'unknown', message: unknownWord(first, second, verbs) }
}

/** `gateway sttaus`: a command that takes no such word, in a group that has words like it. */
function mistyped(entry: CommandEntry, word: string, verbs: readonly string[]): boolean {
  return verbs.length > 0 && !entry.takesArguments && word !== '' && !word.startsWith('-')
}

function unknownWord(group: string, word: string, known: readonly string[]): string {
  const meant = nearestName(word, known)
  // What looks like no command may be a secret in the wrong place: it is not repeated (R61).
  const name = /^[a-z-]{1,20}$/i.test(word) ? ` "${`${group} ${word}`.trim()}"` : ''
  const next = meant === null ? '' : ` did you mean \`openclaw ${`${group} ${meant}`.trim()}\`?`
  return `unknown command${name};${next} \`openclaw ${group === '' ? '' : `${group} `}--help\` lists them`
}

function firstWords(entries: readonly CommandEntry[]): readonly string[] {
  return [...new Set(entries.map(({ name }) => name.split(' ', 1)[0] ?? name))]
}
