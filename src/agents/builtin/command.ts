/** What a text command of the built-in agent is: one file each, listed in `index.ts`. */
import type { Scope } from '../../access/scopes.ts'
import type { Clock } from '../../core/clock.ts'
import type { Conversations } from '../conversations.ts'
import type { Memory } from '../memory.ts'
import type { Turn } from '../types.ts'

export interface Command {
  /** Without the slash. */
  readonly name: string
  /** `<text>`, `[words]` or nothing. */
  readonly argument: string
  readonly summary: string
  /** What the sender must hold, as for an operation that does the same (R50). */
  readonly requires: Scope
  /** `argument`: what stands after the name, trimmed; may be empty. */
  run(argument: string, turn: Turn, ports: BuiltinPorts): string | Promise<string>
}

export interface BuiltinPorts {
  readonly memory: Memory
  readonly conversations: Conversations
  readonly clock: Clock
  /** Plain facts about this gateway for `/status`: names and values; never a secret. */
  readonly status: () => ReadonlyMap<string, string>
}
