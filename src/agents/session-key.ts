/** Names of conversations: `agent:<id>:<key>`. They select where a message goes and allow nothing (SPEC 0). */
import { hash } from 'node:crypto'
import type { Agents } from './index.ts'

/** The conversation of an agent when none is named. */
export const MAIN_KEY = 'main'
export const MAX_SESSION_KEY_LENGTH = 512

const KEY = /^[A-Za-z0-9][A-Za-z0-9._:@+=~-]*$/

export interface NamedSession {
  /** As the caller wrote it: `main`, `agent:main:main`, any other key; `null` when it named none. */
  readonly sessionKey: string | null
  readonly agentId: string | null
}

export type SessionChoice =
  | { readonly kind: 'session'; readonly sessionKey: string; readonly agentId: string }
  /** `problem` names the field, never a value that could not be printed. */
  | { readonly kind: 'invalid'; readonly problem: string }

/** A blank name is no name at all and selects nothing (R14); an agent named twice must be the same one. */
export function chooseSession(named: NamedSession, agents: Agents): SessionChoice {
  const key = splitKey(named.sessionKey ?? MAIN_KEY)
  if (key === null) {
    return invalid(
      `sessionKey must be "main", another key, or "agent:<id>:<key>", of at most ${MAX_SESSION_KEY_LENGTH} letters, digits and . _ : @ + = ~ -`,
    )
  }

  const agentId = named.agentId ?? key.agentId ?? agents.defaultId
  const known = agents.find(agentId)
  if (known === null) {
    return invalid(`unknown agent id ${printable(agentId)}: agents.list names the ones there are`)
  }
  if (key.agentId !== null && key.agentId !== agentId) {
    return invalid('sessionKey names another agent than agentId does')
  }
  return { kind: 'session', sessionKey: `agent:${agentId}:${key.rest}`, agentId }
}

function splitKey(text: string): { readonly agentId: string | null; readonly rest: string } | null {
  if (text.length > MAX_SESSION_KEY_LENGTH || !KEY.test(text)) return null
  if (!text.startsWith('agent:')) return { agentId: null, rest: text }

  const [, agentId = '', ...rest] = text.split(':')
  const key = rest.join(':')
  return agentId === '' || !KEY.test(key) ? null : { agentId, rest: key }
}

function invalid(problem: string): SessionChoice {
  return { kind: 'invalid', problem }
}

/** What the caller wrote, where it can be shown. */
function printable(id: string): string {
  if (id.trim() === '') return '(blank)'
  return /^[\x21-\x7e]{1,64}$/.test(id) ? `"${id}"` : '(not printable)'
}

/** Longer ids stand by their digest, so that every key is one that a conversation may have. */
const MAX_PART = 256

/** Somebody's id within a key. No two share one: what a key may not hold is written in hex, and `=` always is. */
export function keyPart(id: string): string {
  const written = id.replace(/[^A-Za-z0-9._@+-]/gu, hex)
  return written.length <= MAX_PART ? written : `~${hash('sha256', id)}`
}

function hex(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `=${byte.toString(16).padStart(2, '0')}`)
    .join('')
}
