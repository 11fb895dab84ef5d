/** Which conversation a message belongs to: `session.dmScope` for direct messages, one a group for groups. It allows nothing. */
import { keyPart } from '../agents/session-key.ts'
import type { AccountRef } from '../senders/types.ts'
import type { Address } from './types.ts'

export type DmScope = 'main' | 'per-peer' | 'per-channel-peer' | 'per-account-channel-peer'

export interface DmSessions {
  readonly dmScope: DmScope
  /** A person's name and the senders that they are: `telegram:123`. */
  readonly identityLinks: Readonly<Record<string, readonly string[]>>
}

/**
 * The key below an agent. Ids of two networks never meet (R56): unlinked, everybody is themselves on one network.
 * Links join what `per-peer` tells apart; narrower scopes stay as narrow as they say.
 */
export function sessionFor(
  { channel, account }: AccountRef,
  conversation: Address,
  senderId: string,
  { dmScope, identityLinks }: DmSessions,
): string {
  if (conversation.kind === 'group')
    return `${channel}:${keyPart(account)}:group:${keyPart(conversation.id)}`
  switch (dmScope) {
    case 'main':
      return 'main'
    case 'per-peer': {
      const person = linkedTo(`${channel}:${senderId}`, identityLinks)
      return person === null ? `dm:${channel}:${keyPart(senderId)}` : `dm:person:${keyPart(person)}`
    }
    case 'per-channel-peer':
      return `${channel}:dm:${keyPart(senderId)}`
    case 'per-account-channel-peer':
    // A scope that nobody knows joins nobody (R55).
    default:
      return `${channel}:${keyPart(account)}:dm:${keyPart(senderId)}`
  }
}

function linkedTo(sender: string, links: DmSessions['identityLinks']): string | null {
  const found = Object.entries(links).find(([, senders]) => senders.includes(sender))
  return found?.[0] ?? null
}
