/**
 * The owner decides about who asks, from a chat: by a command or by a button under a notice. Both come here, and what
 * is asked is not who we sent the button to but who presses it (R11, R18, R49).
 */
import { holds } from '../access/scopes.ts'
import type { Caller } from '../agents/types.ts'
import type { Actor } from '../pairing/authority.ts'
import { senderName, type SenderDesk } from '../senders/desk.ts'
import {
  rejectSender,
  type NotResolved,
  type RejectedSender,
  type RequestName,
} from '../senders/resolve.ts'
import type { LetIn, LetInDoor } from './let-in.ts'

export interface OwnerPorts {
  readonly desk: SenderDesk
  readonly letIn: LetInDoor
  /** Runs a change with its entries in the record around it; `null`: it was not begun, since the record cannot be written. */
  readonly recorded: <Result>(
    change: ChatChange,
    run: () => Promise<Result>,
  ) => Promise<Result | null>
}

/** For the record: who changes what. */
export interface ChatChange {
  readonly operation:
    | 'channels.pairing.approve'
    | 'channels.pairing.dismiss'
    /** Somebody sent the code of an invitation. */
    | 'channels.pairing.redeem'
  readonly caller: Caller
  readonly subject: string
}

export const NOT_YOURS = 'Only the owner may do that.'
const NO_RECORD = 'The record cannot be written, so nothing was changed. See the gateway’s log.'

/** What the owner is told. */
export async function ownerDecides(
  verb: 'approve' | 'reject',
  name: RequestName,
  caller: Caller,
  { desk, letIn, recorded }: OwnerPorts,
): Promise<string> {
  const { principal } = caller
  if (!holds(principal.scopes, 'operator.pairing')) return NOT_YOURS
  const actor: Actor = {
    scopes: principal.scopes,
    deviceId: null,
    name: `${principal.kind}:${principal.id}`,
  }
  const approves = verb === 'approve'
  const change: ChatChange = {
    operation: approves ? 'channels.pairing.approve' : 'channels.pairing.dismiss',
    caller,
    subject: subjectOf(desk, name),
  }
  const answer = await recorded<LetIn | RejectedSender>(change, () =>
    approves ? letIn({ name, expiresAt: null }, actor) : rejectSender(desk, name, actor),
  )
  if (answer === null) return NO_RECORD
  if (answer.kind === 'approved')
    return `${senderName(answer.approval)} may write from now on, and ${answer.told ? 'is told' : 'is not told: tell them'}.`
  if (answer.kind === 'rejected') return `${senderName(answer.request)} stays out.`
  return whyNot(answer)
}

function subjectOf({ book }: SenderDesk, name: RequestName): string {
  const request = name.kind === 'id' ? book.request(name.requestId) : null
  return request === null ? 'a request named by its code' : `sender=${senderName(request)}`
}

function whyNot(answer: NotResolved): string {
  return answer.kind === 'held'
    ? `Too many wrong codes: wait ${Math.ceil(answer.retryAfterMs / 60_000)} min.`
    : 'Nobody waits with that any more: it is over, decided, or of another network. /pairing list shows who waits.'
}
