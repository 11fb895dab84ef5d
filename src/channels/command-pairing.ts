/** `/pairing`: the owner looks at who asks and decides, from a chat. The same few functions as everywhere else (R11, R49). */
import { holds } from '../access/scopes.ts'
import type { Caller } from '../agents/types.ts'
import type { Clock } from '../core/clock.ts'
import type { Actor } from '../pairing/authority.ts'
import { senderName, type SenderDesk } from '../senders/desk.ts'
import {
  approveSender,
  rejectSender,
  waitingSenders,
  type NotResolved,
  type RequestName,
} from '../senders/resolve.ts'
import type { SenderRequest } from '../senders/types.ts'

export interface PairingCommandPorts {
  readonly desk: SenderDesk
  readonly clock: Clock
}

const USAGE =
  'Write /pairing list, /pairing approve <channel> <code> or /pairing reject <channel> <code>.'
const NOT_YOURS = 'Only the owner may do that.'

export async function pairingCommand(
  argument: string,
  { principal }: Caller,
  { desk }: PairingCommandPorts,
): Promise<string> {
  if (!holds(principal.scopes, 'operator.pairing')) return NOT_YOURS
  const [verb = 'list', channel = '', code = ''] = argument.trim().split(/\s+/)
  const actor: Actor = {
    scopes: principal.scopes,
    deviceId: null,
    name: `${principal.kind}:${principal.id}`,
  }
  const name: RequestName = { kind: 'code', channel: channel.toLowerCase(), code }
  switch (verb.toLowerCase()) {
    case '':
    case 'list':
      return listed(waitingSenders(desk))
    case 'approve': {
      const answer = await approveSender(desk, { name, expiresAt: null }, actor)
      return answer.kind === 'approved'
        ? `${senderName(answer.approval)} may write from now on.`
        : whyNot(answer)
    }
    case 'reject': {
      const answer = await rejectSender(desk, name, actor)
      return answer.kind === 'rejected'
        ? `${senderName(answer.request)} stays out.`
        : whyNot(answer)
    }
    default:
      return USAGE
  }
}

function listed(requests: readonly SenderRequest[]): string {
  if (requests.length === 0) return 'Nobody asks to write.'
  return requests
    .map(
      (one) =>
        `${one.code} – ${senderName(one)}${one.displayName === '' ? '' : ` (${one.displayName})`}`,
    )
    .join('\n')
}

function whyNot(answer: NotResolved): string {
  return answer.kind === 'held'
    ? `Too many wrong codes: wait ${Math.ceil(answer.retryAfterMs / 60_000)} min.`
    : 'No one waits with this code: it may be over, or of another network. /pairing list shows who waits.'
}
