/** Where a message on a chat network belongs: whose it is, which conversation, and whether its sender may still write. */
import type { Place } from '../channels/answering.ts'
import { channelNamed } from '../channels/index.ts'
import { callerOf, ownersIn } from '../channels/principal.ts'
import { sessionFor } from '../channels/session-for.ts'
import { splitText } from '../channels/split-text.ts'
import type { Queued, Received } from '../channels/store.ts'
import { MAIN_KEY } from '../agents/session-key.ts'
import type { Agents } from '../agents/index.ts'
import type { Caller } from '../agents/types.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import { admitSender, type Envelope, type SenderAdmission } from '../senders/admit.ts'
import { senderName, type SenderDesk } from '../senders/desk.ts'
import type { SenderRules } from '../senders/rules.ts'
import type { AccountRef, SenderRef } from '../senders/types.ts'

export interface PlaceParts {
  readonly config: () => Config
  readonly desk: SenderDesk
  readonly rules: (account: AccountRef) => SenderRules | null
  readonly agents: () => Agents
  readonly clock: Clock
}

export interface Places {
  /** `null`: whoever lost the right to write while the message waited is not answered (R45). */
  readonly placeOf: (message: Received) => Place | null
  /** As things are now. `addressed` is taken for granted. */
  readonly admit: (
    ref: AccountRef,
    from: Pick<Envelope, 'sender' | 'conversation'>,
  ) => SenderAdmission
  readonly caller: (ref: AccountRef, from: Pick<Envelope, 'sender' | 'conversation'>) => Caller
}

export function placesFor({ config, desk, rules, agents, clock }: PlaceParts): Places {
  const caller: Places['caller'] = (ref, { sender, conversation }) =>
    callerOf(
      { ...ref, id: sender.id },
      { displayName: sender.displayName, conversation, owners: ownersOf(config()).map(senderName) },
    )
  const admit: Places['admit'] = (ref, { conversation, sender }) => {
    const current = rules(ref)
    if (current === null) return { kind: 'denied', reason: 'policy_unknown' }
    const context = { account: ref, rules: current, approvals: desk.book, now: clock() }
    return admitSender({ conversation, sender, addressed: true }, context)
  }
  return {
    caller,
    admit,
    placeOf(message) {
      const { channel, account, conversation, sender } = message
      const ref = { channel, account }
      if (admit(ref, message).kind !== 'allowed') return null
      const agentId = agents().defaultId
      const key = sessionFor(ref, conversation, sender.id, config().session)
      const sessionKey = `agent:${agentId}:${key}`
      const own = conversation.kind === 'dm' && key !== MAIN_KEY
      return { agentId, sessionKey, own, caller: caller(ref, message) }
    },
  }
}

/** Whom `commands.ownerAllowFrom` names. */
export function ownersOf({ commands }: Pick<Config, 'commands'>): readonly SenderRef[] {
  return ownersIn(commands.ownerAllowFrom, (channel) => channelNamed(channel)?.entryKind ?? null)
}

/** In a group an answer says what it answers. */
export function replyOf({ conversation, messageId }: Received): string | null {
  return conversation.kind === 'group' ? messageId : null
}

/** Cut to what the network takes, each with a name that is the same whenever this message is answered. */
export function piecesOf(
  message: Received,
  text: string,
  limit: number,
): readonly Omit<Queued, 'place'>[] {
  const { channel, account, messageId, conversation, draft } = message
  return splitText(text, limit).map((piece, index) => ({
    channel,
    account,
    id: `${channel}:${account}:${messageId}:${index}`,
    to: conversation,
    text: piece,
    replyTo: index === 0 ? replyOf(message) : null,
    replaces: index === 0 ? draft : null,
    buttons: [],
  }))
}
