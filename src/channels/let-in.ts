/** The one way to let in somebody who asked: approved by an operator, and told so once, where they asked (SPEC 5). */
import type { Actor } from '../pairing/authority.ts'
import type { Clock } from '../core/clock.ts'
import { admitSender } from '../senders/admit.ts'
import { senderName, type SenderDesk } from '../senders/desk.ts'
import {
  approveSender,
  type ApprovedSender,
  type NotResolved,
  type RequestName,
} from '../senders/resolve.ts'
import type { SenderRules } from '../senders/rules.ts'
import type { AccountRef, Approvals, SenderApproval, SenderRef } from '../senders/types.ts'
import type { Queued } from './store.ts'

export interface LetInPorts extends StandingPorts {
  /** Durable when it resolves. */
  readonly post: (messages: readonly Omit<Queued, 'place'>[]) => Promise<void>
  /** For the operator's log. */
  readonly warn: (message: string) => void
}

export interface StandingPorts {
  readonly desk: SenderDesk
  /** As the configuration is now; `null`: this account is not in it any more. */
  readonly rules: (account: AccountRef) => SenderRules | null
  readonly clock: Clock
}

/** {@link letIn} with its ports. */
export type LetInDoor = (asked: LetInAsked, actor: Actor) => Promise<LetIn>

export interface LetInAsked {
  readonly name: RequestName
  /** Milliseconds since the epoch, `null` never. */
  readonly expiresAt: number | null
}

export type LetIn =
  | {
      readonly kind: 'approved'
      readonly approval: SenderApproval
      /** A line for them is on its way, and survives a restart. */
      readonly told: boolean
    }
  | NotResolved

export const LET_IN = 'You are let in. Write again.'

/** Rejects when the disk does not take the approval. */
export async function letIn(ports: LetInPorts, asked: LetInAsked, actor: Actor): Promise<LetIn> {
  const approved = await approveSender(ports.desk, asked, actor)
  if (approved.kind !== 'approved') return approved
  const news = newsFor(approved, ports)
  return {
    kind: 'approved',
    approval: approved.approval,
    told: news !== null && (await tell(news, ports)),
  }
}

/** Whether a message that waits may still be sent: whoever was revoked meanwhile hears nothing (R45). */
export function isDue(
  { channel, account, whileApproved }: Pick<Queued, 'channel' | 'account' | 'whileApproved'>,
  ports: StandingPorts,
): boolean {
  if (whileApproved === undefined) return true
  const sender = { channel, account, id: whileApproved.senderId }
  const standing = ports.desk.book.find(sender)
  return standing?.approvedAt === whileApproved.approvedAt && mayWrite(sender, standing, ports)
}

type News = Omit<Queued, 'place'>

/** `null` where it is none: they might write before, by the configuration or another approval, or may not even now. */
function newsFor(
  { approval, request, earlier }: Extract<ApprovedSender, { readonly kind: 'approved' }>,
  ports: StandingPorts,
): News | null {
  const { channel, account, id, approvedAt } = approval
  const { requestId, conversation } = request
  if (conversation === null) return null
  if (mayWrite(approval, earlier, ports) || !mayWrite(approval, approval, ports)) return null
  return {
    channel,
    account,
    id: `approved:${requestId}`,
    to: { kind: 'dm', id: conversation },
    text: LET_IN,
    replyTo: null,
    replaces: null,
    buttons: [],
    whileApproved: { senderId: id, approvedAt },
  }
}

/** In a direct message, by the configuration and this approval alone. */
function mayWrite(
  { channel, account, id }: SenderRef,
  approval: SenderApproval | null,
  { rules, clock }: StandingPorts,
): boolean {
  const ref = { channel, account }
  const current = rules(ref)
  if (current === null) return false
  const approvals: Approvals = { find: () => approval, bearerOf: () => null }
  const envelope = {
    conversation: { kind: 'dm' as const, id },
    sender: { id, names: [], displayName: '' },
    addressed: true,
  }
  const now = clock()
  return admitSender(envelope, { account: ref, rules: current, approvals, now }).kind === 'allowed'
}

/** They are let in either way. */
async function tell(news: News, { post, warn }: LetInPorts): Promise<boolean> {
  try {
    await post([news])
    return true
  } catch {
    const who = senderName({ ...news, id: news.whileApproved?.senderId ?? '' })
    warn(`${who} was let in, and is not told: the store does not take it`)
    return false
  }
}
