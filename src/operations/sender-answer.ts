/** What operations about senders say and show: one way for all of them. */
import { z } from 'zod'
import type { CodeMaker } from '../access/code-maker.ts'
import type { Principal } from '../access/types.ts'
import type { LetInDoor } from '../channels/let-in.ts'
import { CODE_MS } from '../senders/ask.ts'
import { senderName, type SenderDesk } from '../senders/desk.ts'
import type { NotResolved, RequestName } from '../senders/resolve.ts'
import type { SenderRules } from '../senders/rules.ts'
import type {
  AccountRef,
  SenderApproval,
  SenderInvitation,
  SenderRequest,
} from '../senders/types.ts'
import { Refusal } from './types.ts'

export interface SenderParts {
  readonly desk: SenderDesk
  readonly letIn: LetInDoor
  /** The id that a network's own messages have for what a person wrote; a problem in words for what is no id. */
  readonly idOf: (channel: string, written: string) => SenderId
  /** Who may write on an account; `null`: the configuration has none of this name. */
  readonly rules: (account: AccountRef) => SenderRules | null
  /** Digest of the secret, or the approval, behind a principal; `null` for an identity or the owner. */
  readonly makerOf: (principal: Principal) => string | null
  readonly inviterStands: (maker: CodeMaker) => boolean
}

export type SenderId =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'invalid'; readonly problem: string }

export const channelShape = z.string().min(1).max(64)
export const accountShape = z.string().min(1).max(64)
/** By the code that was read out, or by the id that a list shows. */
export function requestNameOf(asked: {
  readonly requestId?: string | undefined
  readonly channel?: string | undefined
  readonly code?: string | undefined
}): RequestName {
  if (asked.requestId !== undefined) return { kind: 'id', requestId: asked.requestId }
  const { channel, code: text } = asked
  if (channel === undefined || text === undefined)
    throw new Refusal('invalid_input', 'name the request: a requestId, or a channel and a code')
  return { kind: 'code', channel, code: text }
}

export function notResolved(answer: NotResolved): Refusal {
  if (answer.kind === 'unknown')
    return new Refusal(
      'unknown_pairing',
      'nobody waits with this code: it may be over, of another network, or mistyped',
    )
  const minutes = Math.ceil(answer.retryAfterMs / 60_000)
  return new Refusal(
    'busy',
    `too many wrong codes: try again in ${minutes} min, or name the requestId`,
  )
}

export function requestSenderView(request: SenderRequest) {
  const { requestId, channel, account, id, code: shown, names, displayName, entry } = request
  return {
    requestId,
    channel,
    accountId: account,
    senderId: id,
    code: shown,
    names,
    displayName,
    /** The name in `allowFrom` that an approval pins to this id. */
    ...(entry !== null && { entry }),
    createdAt: request.createdAt,
    expiresAt: request.createdAt + CODE_MS,
  }
}

export function approvalView(approval: SenderApproval) {
  const { channel, account, id, via, entry, displayName } = approval
  const { approvedBy, approvedAt, expiresAt, ended } = approval
  return {
    channel,
    accountId: account,
    senderId: id,
    via,
    ...(entry !== null && { entry }),
    displayName,
    approvedBy,
    approvedAt,
    expiresAt,
    ended,
  }
}

/** Without the code, which is shown once, and its digest. */
export function invitationView(invitation: SenderInvitation) {
  const { invitationId, channel, account, label, uses, usedBy } = invitation
  const { createdBy, createdAt, expiresAt, approvalExpiresAt } = invitation
  return {
    invitationId,
    channel,
    accountId: account,
    for: label,
    uses,
    usesLeft: uses - usedBy.length,
    createdBy,
    createdAt,
    expiresAt,
    /** When what it gives ends. */
    approvalExpiresAt,
  }
}

/** For the record: who gets in; an unknown code is not repeated there. */
export function requestSubjectOf({ book }: SenderDesk, name: RequestName): string {
  const request =
    name.kind === 'id'
      ? book.request(name.requestId)
      : book.requestByCode(name.channel, name.code.trim().toUpperCase())
  return request === null ? 'an unknown request' : `sender=${senderName(request)}`
}
