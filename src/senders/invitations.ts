/** What an invitation is worth at a moment, and what its code does (SPEC 14.6). Pure. */
import type { CodeMaker } from '../access/code-maker.ts'
import { unreachable } from '../core/never.ts'
import type { SenderBook } from './book.ts'
import type { SenderChange, SenderFacts, SenderInvitation, SenderRef } from './types.ts'

export type InvitationOver =
  | 'used up'
  | 'expired'
  | 'cancelled'
  | 'of somebody who may invite no more'
export type InvitationState = 'stands' | InvitationOver

/** `now`: milliseconds since the epoch. */
export interface InvitationTimes {
  readonly now: number
  /** An invitation is worth no more than the right of whoever made it (decision 008). */
  readonly inviterStands: (maker: CodeMaker) => boolean
}

/** A clock that was set back this far gives no invitation more time; milliseconds. */
const SET_BACK_MS = 3_600_000

/** Over as soon as one thing says so. */
export function stateOf(invitation: SenderInvitation, times: InvitationTimes): InvitationState {
  const { ended, usedBy, uses, maker, createdAt } = invitation
  if (ended !== null) return ended
  if (usedBy.length >= uses) return 'used up'
  if (hasExpired(invitation, times.now) || createdAt - times.now >= SET_BACK_MS) return 'expired'
  return times.inviterStands(maker) ? 'stands' : 'of somebody who may invite no more'
}

export function hasExpired(
  { expiresAt }: Pick<SenderInvitation, 'expiresAt'>,
  now: number,
): boolean {
  return expiresAt <= now
}

/** What a code did that was sent to an account. */
export type CodeTried =
  | { readonly kind: 'right'; readonly invitation: SenderInvitation }
  | { readonly kind: 'unknown' }
  /** Known, and of no use: to whoever sent it, it is unknown. */
  | {
      readonly kind: 'over'
      readonly invitationId: string
      readonly why: InvitationOver | 'used by them before'
    }
  /** Too many wrong ones: not compared. */
  | { readonly kind: 'held' }

/** `digest`: SHA-256 of the code, hex. */
export function tryCode(
  { invitations }: Pick<SenderBook, 'invitations'>,
  { sender, digest }: { readonly sender: SenderRef; readonly digest: string },
  times: InvitationTimes,
): Exclude<CodeTried, { readonly kind: 'held' }> {
  const invitation = invitations.findCode(sender, digest)
  if (invitation === null) return { kind: 'unknown' }
  const { invitationId, usedBy } = invitation
  const state = stateOf(invitation, times)
  if (state !== 'stands') return { kind: 'over', invitationId, why: state }
  if (usedBy.includes(sender.id)) return { kind: 'over', invitationId, why: 'used by them before' }
  return { kind: 'right', invitation }
}

/** One use and one approval, in one change: neither is there without the other. */
export function letInBy(
  invitation: SenderInvitation,
  {
    sender,
    facts,
    asked,
  }: {
    readonly sender: SenderRef
    readonly facts: Pick<SenderFacts, 'displayName'>
    /** Their own request, which is over by this; `null` for none. */
    readonly asked: string | null
  },
  now: number,
): SenderChange {
  const { channel, account, id } = sender
  const { createdBy, approvalExpiresAt, usedBy } = invitation
  return {
    approvals: [
      {
        channel,
        account,
        id,
        via: 'invite',
        entry: null,
        displayName: facts.displayName,
        approvedBy: createdBy,
        approvedAt: now,
        expiresAt: approvalExpiresAt,
        ended: false,
      },
    ],
    resolved: asked === null ? [] : [asked],
    invitations: [{ ...invitation, usedBy: [...usedBy, id] }],
  }
}

/** For the record: which invitation it was is the owner's business alone. */
export function triedInWords(tried: Exclude<CodeTried, { readonly kind: 'right' }>): string {
  switch (tried.kind) {
    case 'unknown':
      return 'a wrong invitation code'
    case 'over':
      return `invitation ${tried.invitationId} is ${tried.why}`
    case 'held':
      return 'an invitation code that was not compared: too many wrong ones this hour'
    default:
      return unreachable(tried)
  }
}
