/** `/recall [words]`: what the sender told this agent to remember. */
import { ownerOf } from '../types.ts'
import type { Command } from './command.ts'

const MAX_SHOWN = 50
const MAX_WORDS = 16
const MAX_SEARCH = 500

export const recall: Command = {
  name: 'recall',
  argument: '[words]',
  summary: 'what you told me to remember, or only what has all these words in it',
  requires: 'operator.read',
  async run(argument, { caller, agentId }, { memory }) {
    const facts = await memory.recall({ owner: ownerOf(caller), agentId })
    if (facts.length === 0) return 'You have not told me to remember anything: /remember <text>'

    const words = searchedWords(argument)
    const found = facts.filter(({ text }) => hasAll(text.toLowerCase(), words))
    if (found.length === 0) return 'Nothing that I remember for you has all of these words in it.'

    const shown = found.slice(0, MAX_SHOWN).map(({ text }) => `- ${text}`)
    const rest = found.length - shown.length
    return rest === 0 ? shown.join('\n') : [...shown, `… and ${rest} older.`].join('\n')
  },
}

/** A search of thousands of words over a thousand facts would keep everybody waiting. */
function searchedWords(argument: string): readonly string[] {
  const words = new Set(argument.slice(0, MAX_SEARCH).toLowerCase().split(/\s+/))
  return [...words].slice(0, MAX_WORDS)
}

function hasAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word))
}
