/** A message that is the code of an invitation lets its sender in (SPEC 14.6). All others stay unread here. */
import type { CodeMaker } from '../access/code-maker.ts'
import { Secret } from '../core/secret.ts'
import type { SenderAdmission } from '../senders/admit.ts'
import type { SenderBook } from '../senders/book.ts'
import { readInvitationCode } from '../senders/code.ts'
import type { SenderDesk, SenderEvent, SenderTurn } from '../senders/desk.ts'
import { letInBy, stateOf, tryCode, type CodeTried } from '../senders/invitations.ts'
import { noteExpired } from '../senders/invite.ts'
import type { SenderRules } from '../senders/rules.ts'
import type { AccountRef, SenderInvitation, SenderRef } from '../senders/types.ts'
import type { OwnerPorts } from './owner-decides.ts'
import { callerOf } from './principal.ts'
import type { Queued } from './store.ts'
import type { Incoming } from './types.ts'

export interface RedeemPorts {
  readonly desk: SenderDesk
  /** As the configuration is now; `null`: this account is not in it any more. */
  readonly rules: (account: AccountRef) => SenderRules | null
  /** Durable when it resolves. */
  readonly reply: (messages: readonly Omit<Queued, 'place'>[]) => Promise<void>
  readonly recorded: OwnerPorts['recorded']
  readonly inviterStands: (maker: CodeMaker) => boolean
}

export type Redeemed =
  /** They are told that they may write. `again`: they might already, and no use was taken. */
  | { readonly kind: 'invited'; readonly again: boolean }
  /** For whoever wrote it, the code is a message like any other. */
  | { readonly kind: 'refused'; readonly tried: Exclude<CodeTried, { readonly kind: 'right' }> }

export const WELCOME = 'You may write now.'

interface Try {
  readonly account: AccountRef
  readonly incoming: Incoming
  readonly ports: RedeemPorts
  /** As things are when it is asked. */
  readonly judge: () => SenderAdmission
}

/** Resolves with `null` where no code was sent to an account that has invitations, by somebody whom one lets in. */
export async function redeem(tried: Try): Promise<Redeemed | null> {
  const { account, incoming, ports, judge } = tried
  if (incoming.conversation.kind !== 'dm') return null
  await noteExpired(ports.desk, account)
  if (judge().kind === 'allowed') return welcomeAgain(tried)
  return mayRedeem(tried) && anyStands(tried) ? redeemUnread(tried) : null
}

/** Approvals by invitation count under the policy `pairing` alone. */
function mayRedeem({ account, ports, judge }: Try): boolean {
  return ports.rules(account)?.dmPolicy === 'pairing' && judge().kind === 'asks'
}

/** Nothing is read for an account without an invitation that stands. */
function anyStands({ account, ports: { desk, inviterStands } }: Try): boolean {
  const times = { now: desk.clock(), inviterStands }
  return desk.book.invitations.at(account).some((one) => stateOf(one, times) === 'stands')
}

async function redeemUnread(tried: Try): Promise<Redeemed | null> {
  const { account, incoming, ports } = tried
  const digest = digestIn(incoming)
  if (digest === null) return null
  const sender = { ...account, id: incoming.sender.id }
  const found = await ports.desk.turn<CodeTried | null>((book, now) => ({
    result: look(tried, { book, sender, digest, now }),
  }))
  if (found?.kind !== 'right')
    return found === null ? welcomeAgain(tried) : { kind: 'refused', tried: found }

  const { sender: facts, conversation } = incoming
  const caller = callerOf(sender, { displayName: facts.displayName, conversation, owners: [] })
  const subject = subjectOf(found.invitation)
  const answer = await ports.recorded<{ readonly found: CodeTried | null }>(
    { operation: 'channels.pairing.redeem', caller, subject },
    async () => ({ found: await takeUse(tried, { sender, digest }) }),
  )
  if (answer === null)
    throw new Error('the record cannot be written, so nobody was let in by an invitation')
  if (answer.found === null) return welcomeAgain(tried)
  if (answer.found.kind !== 'right') return { kind: 'refused', tried: answer.found }
  await welcome(tried)
  return { kind: 'invited', again: false }
}

/** Judged again now that nothing changes under it. `null`: they need no invitation any more, or none helps. */
function look(
  tried: Try,
  {
    book,
    sender,
    digest,
    now,
  }: {
    readonly book: SenderBook
    readonly sender: SenderRef
    readonly digest: string
    readonly now: number
  },
): CodeTried | null {
  const { desk, inviterStands } = tried.ports
  const { wrongInvitations } = desk
  if (!mayRedeem(tried)) return null
  if (wrongInvitations.held(sender, now)) return { kind: 'held' }
  const found = tryCode(book, { sender, digest }, { now, inviterStands })
  if (found.kind === 'right') wrongInvitations.right(sender)
  else wrongInvitations.wrong(sender, now)
  return found
}

function takeUse(
  tried: Try,
  { sender, digest }: { readonly sender: SenderRef; readonly digest: string },
): Promise<CodeTried | null> {
  const { incoming, ports } = tried
  return ports.desk.turn<CodeTried | null>((book, now): SenderTurn<CodeTried | null> => {
    const result = look(tried, { book, sender, digest, now })
    if (result?.kind !== 'right') return { result }
    const { invitation } = result
    const request = book.requestOf(sender)
    const change = letInBy(
      invitation,
      { sender, facts: incoming.sender, asked: request?.requestId ?? null },
      now,
    )
    const { displayName } = incoming.sender
    const came: SenderEvent = { kind: 'came', sender, displayName, invitation }
    if (request === null) return { result, change, events: [came] }
    return { result, change, events: [{ kind: 'resolved', request, decision: 'approved' }, came] }
  })
}

/** A code that was delivered twice, or that somebody sends who may write already, is nothing for an agent, and nothing to keep. */
async function welcomeAgain(tried: Try): Promise<Redeemed | null> {
  const { account, incoming, ports, judge } = tried
  const { invitations } = ports.desk.book
  if (judge().kind !== 'allowed' || invitations.at(account).length === 0) return null
  const digest = digestIn(incoming)
  if (digest === null || invitations.findCode(account, digest) === null) return null
  await welcome(tried)
  return { kind: 'invited', again: true }
}

function welcome({ account, incoming, ports }: Try): Promise<void> {
  const { channel, account: at } = account
  return ports.reply([
    {
      ...account,
      id: `invited:${channel}:${at}:${incoming.messageId}`,
      to: incoming.conversation,
      text: WELCOME,
      replyTo: null,
      replaces: null,
      buttons: [],
    },
  ])
}

function digestIn(incoming: Incoming): string | null {
  const code = readInvitationCode(incoming.read() ?? '')
  return code === null ? null : new Secret(code).digest()
}

function subjectOf({ invitationId, createdBy }: SenderInvitation): string {
  return `invitation=${invitationId} by=${createdBy}`
}
