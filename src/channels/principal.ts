/** Whom a message is from, for an agent: a person with the rights of that person alone, never those of the channel (R50). */
import { ALL_SCOPES, type Scope } from '../access/scopes.ts'
import type { Caller } from '../agents/types.ts'
import { DEFAULT_ACCOUNT, senderName } from '../senders/desk.ts'
import type { EntryKind } from '../senders/rules.ts'
import type { SenderRef } from '../senders/types.ts'
import type { Address } from './types.ts'

const NOTHING: readonly Scope[] = []

/** `commands.ownerAllowFrom`: `telegram:123`, exactly; a wildcard is nobody (R54). */
export function isOwner(sender: SenderRef, ownerAllowFrom: readonly string[]): boolean {
  return ownerAllowFrom.includes(senderName(sender))
}

/** As messages name them: `whatsapp:+1 234…` is `1234…` there. A name is nobody (R51, R54). */
export function ownersIn(
  ownerAllowFrom: readonly string[],
  kindOf: (channel: string) => ((entry: string) => EntryKind) | null,
): readonly SenderRef[] {
  return ownerAllowFrom.flatMap((entry) => {
    const [channel = '', ...rest] = entry.split(':')
    const account = rest.length > 1 ? (rest[0] ?? '') : DEFAULT_ACCOUNT
    const kind = rest.length > 2 ? null : kindOf(channel)?.(rest.at(-1) ?? '')
    return kind?.kind === 'id' ? [{ channel, account, id: kind.id }] : []
  })
}

/** The owner is the owner in a direct message alone: in a group, others read the answers. */
export function callerOf(
  sender: SenderRef,
  {
    displayName,
    conversation,
    owners,
  }: {
    readonly displayName: string
    readonly conversation: Address
    readonly owners: readonly string[]
  },
): Caller {
  const owner = conversation.kind === 'dm' && isOwner(sender, owners)
  return {
    method: 'channel',
    principal: {
      kind: 'sender',
      id: senderName(sender),
      displayName,
      role: 'operator',
      scopes: owner ? ALL_SCOPES : NOTHING,
      credentialId: null,
    },
  }
}
