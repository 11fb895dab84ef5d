/** The agent that every gateway has: it answers a few commands and needs no service, no key, no account. */
import { setImmediate as nextRound } from 'node:timers/promises'
import { holds } from '../../access/scopes.ts'
import type { Agent, Turn } from '../types.ts'
import type { BuiltinPorts, Command } from './command.ts'
import { helpCommand } from './help.ts'
import { FOR_GUESTS, withoutModel } from './no-model.ts'
import { piecesOf } from './pieces.ts'
import { recall } from './recall.ts'
import { remember } from './remember.ts'
import { status } from './status.ts'
import { whoami } from './whoami.ts'

export const DEFAULT_AGENT_ID = 'main'

export interface BuiltinSettings {
  /** Letters, digits, `-` and `_`. */
  readonly id: string
  /** The model that the configuration names for this agent; `null` when it names none. */
  readonly wantedModel: string | null
}

/** To add one: write its file, add its entry. `/help` follows. */
const OTHERS: readonly Command[] = [whoami, status, remember, recall]
const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [helpCommand(OTHERS), ...OTHERS].map((command) => [command.name, command]),
)

export function builtinAgent(settings: BuiltinSettings, ports: BuiltinPorts): Agent {
  return {
    id: settings.id,
    name: 'Built-in agent',
    model: null,
    async *answer(turn) {
      for (const piece of piecesOf(await reply(turn, settings, ports))) {
        yield piece
        await nextRound()
      }
    },
  }
}

async function reply(turn: Turn, settings: BuiltinSettings, ports: BuiltinPorts): Promise<string> {
  const text = turn.message.trim()
  const guest = turn.caller.principal.scopes.length === 0
  if (!text.startsWith('/')) return guest ? FOR_GUESTS : withoutModel(settings)

  const name = /^\/(\S*)/.exec(text)?.[1] ?? ''
  const command = COMMANDS.get(name.toLowerCase())
  if (command === undefined) return 'I know no such command: /help lists the ones that I answer.'
  if (!holds(turn.caller.principal.scopes, command.requires))
    return `/${command.name} needs the scope ${command.requires}, which you do not have here.`
  return command.run(text.slice(name.length + 1).trim(), turn, ports)
}
