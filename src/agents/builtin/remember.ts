/** `/remember <text>`: keeps a fact for the sender alone. */
import { unreachable } from '../../core/never.ts'
import { ownerOf } from '../types.ts'
import type { Command } from './command.ts'

export const MAX_FACT_LENGTH = 2000

export const remember: Command = {
  name: 'remember',
  argument: '<text>',
  summary: 'keep a fact; only you can recall it',
  requires: 'operator.write',
  async run(argument, { caller, agentId }, { memory, clock }) {
    if (argument === '') return 'Say what to remember: /remember <text>'
    if (argument.length > MAX_FACT_LENGTH)
      return `That is too long to remember: keep it under ${MAX_FACT_LENGTH} characters.`

    const owner = { owner: ownerOf(caller), agentId }
    const remembered = await memory.remember(owner, { text: argument, at: clock() })
    switch (remembered.kind) {
      case 'kept':
        return 'I will remember that. /recall brings it back.'
      case 'full':
        return `I already remember ${remembered.limit} things for you and keep no more.`
      case 'unavailable':
        return `I could not keep that: ${remembered.detail}.`
      default:
        return unreachable(remembered)
    }
  },
}
