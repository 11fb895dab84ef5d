/** Which conversation a caller means, or the refusal that says why it names none. */
import type { Agents } from '../agents/index.ts'
import type { Principal } from '../access/types.ts'
import { chooseSession, MAIN_KEY } from '../agents/session-key.ts'
import { ownKey } from './own-conversation.ts'
import { Refusal } from './types.ts'

export interface ChosenSession {
  readonly sessionKey: string
  readonly agentId: string
}

interface NamedConversation {
  readonly sessionKey?: string | undefined
  readonly agentId?: string | undefined
}

/**
 * The conversation of a chat method. A web chat has one, whatever it calls it, and hears the same of every other:
 * checked is what its name resolves to, before anything is read (R56). Everybody else must name theirs.
 */
export function conversationOf(
  named: NamedConversation,
  agents: Agents,
  principal: Principal,
): ChosenSession {
  const { sessionKey, agentId } = named
  if (principal.role !== 'webchat') {
    if (sessionKey !== undefined) return sessionOf(named, agents)
    throw new Refusal('invalid_input', "must have required property 'sessionKey'")
  }
  const { defaultId } = agents
  const own = { sessionKey: `agent:${defaultId}:${ownKey(principal)}`, agentId: defaultId }
  const unnamed = sessionKey === undefined || sessionKey === MAIN_KEY
  if (unnamed && (agentId ?? defaultId) === defaultId) return own

  const choice = chooseSession({ sessionKey: sessionKey ?? null, agentId: agentId ?? null }, agents)
  if (choice.kind === 'session' && choice.sessionKey === own.sessionKey) return own
  throw new Refusal('foreign_conversation', 'a web chat has one conversation, its own')
}

/** What is not given is the default agent and its main session. Throws `Refusal` for a name that is nobody's. */
export function sessionOf(named: NamedConversation, agents: Agents): ChosenSession {
  const { sessionKey = null, agentId = null } = named
  const choice = chooseSession({ sessionKey, agentId }, agents)
  if (choice.kind === 'invalid') throw new Refusal('invalid_input', choice.problem)
  return choice
}
