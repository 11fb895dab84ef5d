/** The one conversation of a web chat: its own, with the default agent (S0). Who it is names it, and nothing that it sends. */
import { keyPart } from '../agents/session-key.ts'
import type { Principal } from '../access/types.ts'

/** The key below an agent. No two callers share one. */
export function ownKey({ kind, id }: Pick<Principal, 'kind' | 'id'>): string {
  return `webchat:${kind}:${keyPart(id)}`
}

/** `sessionKey`: canonical, `agent:<id>:<key>`. */
export function isConversationOf(key: string, sessionKey: string): boolean {
  const agentEnds = sessionKey.indexOf(':', 'agent:'.length)
  return agentEnds > 0 && sessionKey.slice(agentEnds + 1) === key
}
