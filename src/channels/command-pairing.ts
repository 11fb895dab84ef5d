/** `/pairing`: the owner looks at who asks, and decides. */
import { holds } from '../access/scopes.ts'
import type { Caller } from '../agents/types.ts'
import { harmless } from '../core/harmless.ts'
import { senderName } from '../senders/desk.ts'
import { waitingSenders } from '../senders/resolve.ts'
import type { SenderRef, SenderRequest } from '../senders/types.ts'
import { NOT_YOURS, ownerDecides, type OwnerPorts } from './owner-decides.ts'

const USAGE =
  'Write /pairing list, /pairing approve <channel> <code> or /pairing reject <channel> <code>.'

export async function pairingCommand(
  argument: string,
  caller: Caller,
  ports: OwnerPorts,
): Promise<string> {
  const [word = '', channel = '', code = ''] = argument.trim().split(/\s+/)
  const verb = word.toLowerCase()
  if (verb === 'approve' || verb === 'reject')
    return ownerDecides(verb, { kind: 'code', channel: channel.toLowerCase(), code }, caller, ports)
  if (!holds(caller.principal.scopes, 'operator.pairing')) return NOT_YOURS
  return verb === '' || verb === 'list' ? listed(waitingSenders(ports.desk)) : USAGE
}

function listed(requests: readonly SenderRequest[]): string {
  if (requests.length === 0) return 'Nobody asks to write.'
  return requests.map(describeRequest).join('\n')
}

/** One line. What they call themselves stands behind what the network says they are, and cannot look like an entry of its own (R51). */
export function describeRequest(request: SenderRequest): string {
  return `${request.code} – ${describeSender(request, request.displayName)}`
}

export function describeSender(sender: SenderRef, displayName: string): string {
  const name = harmless(displayName)
  return `${senderName(sender)}${name === '' ? '' : ` (${name})`}`
}
