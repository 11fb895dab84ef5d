/** Tells the owner in a direct message that somebody asks, with buttons to decide, or that somebody came by an invitation. */
import { senderName, type SenderEvent } from '../senders/desk.ts'
import type { SenderRef, SenderRequest } from '../senders/types.ts'
import type { Caller } from '../agents/types.ts'
import { describeRequest, describeSender } from './command-pairing.ts'
import { ownerDecides, type OwnerPorts } from './owner-decides.ts'
import type { Queued } from './store.ts'
import type { Button, Press } from './types.ts'

/** Networks where a person's id is the address of their direct messages too. */
const REACHED_BY_ID: ReadonlySet<string> = new Set(['telegram', 'whatsapp'])

/** What owners are told. */
export interface OwnerNotice {
  /** The same for the same thing that happened. */
  readonly id: string
  readonly text: string
  readonly buttons: readonly Button[]
}

/** Somebody asks to write. */
export function askNotice(request: SenderRequest): OwnerNotice {
  return {
    id: request.requestId,
    text: `Somebody asks to write to your agents: ${describeRequest(request)}`,
    buttons: buttonsFor(request),
  }
}

/** Somebody came by an invitation, and may write by now. */
export function comeNotice({
  sender,
  displayName,
  invitation: { invitationId, label },
}: Omit<Extract<SenderEvent, { readonly kind: 'came' }>, 'kind'>): OwnerNotice {
  const who = describeSender(sender, displayName)
  return {
    id: `${invitationId}:${senderName(sender)}`,
    text: `${who} came by an invitation${label === '' ? '' : ` for ${label}`}, and may write to your agents.`,
    buttons: [],
  }
}

/** One for each owner who can be reached. */
export function noticesFor(
  notice: OwnerNotice,
  owners: readonly SenderRef[],
): readonly Omit<Queued, 'place'>[] {
  return owners
    .filter(({ channel }) => REACHED_BY_ID.has(channel))
    .map(({ channel, account, id }) => ({
      id: `notice:${notice.id}:${channel}:${account}:${id}`,
      channel,
      account,
      to: { kind: 'dm' as const, id },
      text: notice.text,
      replyTo: null,
      replaces: null,
      buttons: notice.buttons,
    }))
}

const DATA = /^sender:(approve|reject):([0-9a-f-]{36})$/

function buttonsFor({ requestId }: SenderRequest): readonly Button[] {
  return [
    { label: 'Approve', data: `sender:approve:${requestId}` },
    { label: 'Reject', data: `sender:reject:${requestId}` },
  ]
}

/** `caller`: of whoever presses. `null`: no button of ours. */
export async function pressed(
  { data }: Press,
  caller: Caller,
  ports: OwnerPorts,
): Promise<string | null> {
  const [, verb, requestId = ''] = DATA.exec(data) ?? []
  if (verb !== 'approve' && verb !== 'reject') return null
  return ownerDecides(verb, { kind: 'id', requestId }, caller, ports)
}
