/** Tells the owner in a direct message that somebody asks, with buttons to decide. */
import type { SenderRef, SenderRequest } from '../senders/types.ts'
import type { Caller } from '../agents/types.ts'
import { describeRequest } from './command-pairing.ts'
import { ownerDecides, type OwnerPorts } from './owner-decides.ts'
import type { Queued } from './store.ts'
import type { Button, Press } from './types.ts'

/** Networks where a person's id is the address of their direct messages too. */
const REACHED_BY_ID: ReadonlySet<string> = new Set(['telegram', 'whatsapp'])

/** One for each owner who can be reached. */
export function noticesFor(
  request: SenderRequest,
  owners: readonly SenderRef[],
): readonly Omit<Queued, 'place'>[] {
  return owners
    .filter(({ channel }) => REACHED_BY_ID.has(channel))
    .map(({ channel, account, id }) => ({
      id: `notice:${request.requestId}:${channel}:${account}:${id}`,
      channel,
      account,
      to: { kind: 'dm' as const, id },
      text: `Somebody asks to write to your agents: ${describeRequest(request)}`,
      replyTo: null,
      replaces: null,
      buttons: buttonsFor(request),
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
