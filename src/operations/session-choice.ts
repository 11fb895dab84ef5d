/** Which conversation a caller means, or the refusal that says why it names none. */
import type { Agents } from '../agents/index.ts'
import { chooseSession } from '../agents/session-key.ts'
import { Refusal } from './types.ts'

export interface ChosenSession {
  readonly sessionKey: string
  readonly agentId: string
}

/** What is not given is the default agent and its main session. Throws `Refusal` for a name that is nobody's. */
export function sessionOf(
  named: { readonly sessionKey?: string | undefined; readonly agentId?: string | undefined },
  agents: Agents,
): ChosenSession {
  const { sessionKey = null, agentId = null } = named
  const choice = chooseSession({ sessionKey, agentId }, agents)
  if (choice.kind === 'invalid') throw new Refusal('invalid_input', choice.problem)
  return choice
}
