/** Senders as the operations use them, and what connected operators hear of them. */
import { channelNamed } from '../channels/index.ts'
import { askNotice, comeNotice, type OwnerNotice } from '../channels/owner-notice.ts'
import type { Clock } from '../core/clock.ts'
import { unreachable } from '../core/never.ts'
import { requestSenderView, type SenderId, type SenderParts } from '../operations/sender-answer.ts'
import type { EventBus } from '../operations/types.ts'
import type { SenderEvent } from '../senders/desk.ts'
import type { SenderRef } from '../senders/types.ts'

export function senderParts(parts: Omit<SenderParts, 'idOf'>): SenderParts {
  return { ...parts, idOf }
}

function idOf(channel: string, written: string): SenderId {
  const kind = channelNamed(channel)
  if (kind === null)
    return { kind: 'invalid', problem: 'no such channel: telegram, discord and whatsapp are' }
  const entry = kind.entryKind(written.trim())
  if (entry.kind === 'id') return entry
  return entry.kind === 'invalid'
    ? { kind: 'invalid', problem: `not ${entry.problem}` }
    : { kind: 'invalid', problem: 'a name can change hands: give the id, which /whoami tells' }
}

/** Events that this file publishes. */
export const SENDER_EVENTS = [
  'channels.pairing.requested',
  'channels.pairing.resolved',
  'channels.pairing.changed',
] as const

export interface SenderHearers {
  readonly bus: EventBus
  readonly clock: Clock
  readonly tellOwner: (notice: OwnerNotice) => void
}

/** Tells connected operators, and the owner in a chat, who asks or came by an invitation, and what became of it. */
export function announceSenders({
  bus,
  clock,
  tellOwner,
}: SenderHearers): (event: SenderEvent) => void {
  const tell = (event: (typeof SENDER_EVENTS)[number], payload: object): void =>
    bus.publish({ event, payload, scope: 'operator.pairing', droppable: false })
  return (event) => {
    switch (event.kind) {
      case 'requested':
        tellOwner(askNotice(event.request))
        return tell('channels.pairing.requested', requestSenderView(event.request))
      case 'resolved': {
        const { request, decision } = event
        const { requestId } = request
        const payload = { requestId, ...whoOf(request), decision, ts: clock() }
        return tell('channels.pairing.resolved', payload)
      }
      case 'revoked':
      case 'invited':
        return tell('channels.pairing.changed', whoOf(event.sender))
      case 'came': {
        const { sender, invitation } = event
        tellOwner(comeNotice(event))
        const { invitationId } = invitation
        return tell('channels.pairing.changed', { ...whoOf(sender), invitationId })
      }
      default:
        return unreachable(event)
    }
  }
}

function whoOf({ channel, account, id }: SenderRef) {
  return { channel, accountId: account, senderId: id }
}
