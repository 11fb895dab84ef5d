/** The one conversation of a web chat: its own, with the default agent (S0). Who it is names it, and nothing that it sends. */
import { hash } from 'node:crypto'
import type { Principal } from '../access/types.ts'

/** Longer ids stand by their digest, so that every key is one that a conversation may have. */
const MAX_ID = 256

/** The key below an agent. No two callers share one: what a key may not hold is written in hex, and `=` always is. */
export function ownKey({ kind, id }: Pick<Principal, 'kind' | 'id'>): string {
  const written = id.replace(/[^A-Za-z0-9._@+-]/gu, hex)
  return `webchat:${kind}:${written.length <= MAX_ID ? written : `~${hash('sha256', id)}`}`
}

function hex(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `=${byte.toString(16).padStart(2, '0')}`)
    .join('')
}

/** `sessionKey`: canonical, `agent:<id>:<key>`. */
export function isConversationOf(key: string, sessionKey: string): boolean {
  const agentEnds = sessionKey.indexOf(':', 'agent:'.length)
  return agentEnds > 0 && sessionKey.slice(agentEnds + 1) === key
}
