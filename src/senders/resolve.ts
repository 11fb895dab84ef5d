/** What an operator does about senders: approves and rejects who asks, lets in who has not written yet, takes away (SPEC 5). */
import type { Actor } from '../pairing/authority.ts'
import { isOver } from './ask.ts'
import type { SenderBook } from './book.ts'
import { readCode } from './code.ts'
import type { SenderDesk, SenderTurn } from './desk.ts'
import type { SenderApproval, SenderRef, SenderRequest } from './types.ts'

/** Who asks at the moment, the newest last. */
export function waitingSenders(desk: SenderDesk): readonly SenderRequest[] {
  const now = desk.clock()
  return desk.book
    .requests()
    .filter((request) => !request.rejected && !isOver(request, now))
    .toSorted((a, b) => a.createdAt - b.createdAt)
}

/** By the code that the stranger reads out, or by the request's id as a list shows it. */
export type RequestName =
  | { readonly kind: 'code'; readonly channel: string; readonly code: string }
  | { readonly kind: 'id'; readonly requestId: string }

export type NotResolved =
  /** None waits under this name, or it has waited too long. */
  | { readonly kind: 'unknown' }
  /** Too many wrong codes: not even looked at. */
  | { readonly kind: 'held'; readonly retryAfterMs: number }

export type ApprovedSender =
  | {
      readonly kind: 'approved'
      readonly approval: SenderApproval
      readonly request: SenderRequest
      /** What they had before, whether it counted or not. */
      readonly earlier: SenderApproval | null
    }
  | NotResolved
export type RejectedSender =
  | { readonly kind: 'rejected'; readonly request: SenderRequest }
  | NotResolved

/** `expiresAt`: milliseconds since the epoch, `null` never. */
export function approveSender(
  desk: SenderDesk,
  { name, expiresAt }: { readonly name: RequestName; readonly expiresAt: number | null },
  actor: Actor,
): Promise<ApprovedSender> {
  return resolveRequest<ApprovedSender>(desk, { name, actor }, (request, now) => {
    const approval = approvalOf(request, { by: actor.name, at: now, expiresAt })
    return {
      result: { kind: 'approved', approval, request, earlier: desk.book.find(request) },
      change: { approvals: [approval], resolved: [request.requestId] },
      events: [{ kind: 'resolved', request, decision: 'approved' }],
    }
  })
}

export function rejectSender(
  desk: SenderDesk,
  name: RequestName,
  actor: Actor,
): Promise<RejectedSender> {
  return resolveRequest<RejectedSender>(desk, { name, actor }, (request) => ({
    result: { kind: 'rejected', request },
    change: { requests: [{ ...request, rejected: true }] },
    events: [{ kind: 'resolved', request, decision: 'rejected' }],
  }))
}

/** Lets somebody in who has not written yet: also while strangers fill the queue (R20). */
export function inviteSender(
  desk: SenderDesk,
  { sender, expiresAt }: { readonly sender: SenderRef; readonly expiresAt: number | null },
  actor: Actor,
): Promise<SenderApproval> {
  return desk.turn((book, now) => {
    const asked = book.requestOf(sender)
    const approval: SenderApproval = {
      channel: sender.channel,
      account: sender.account,
      id: sender.id,
      via: 'invite',
      entry: null,
      displayName: asked?.displayName ?? '',
      approvedBy: actor.name,
      approvedAt: now,
      expiresAt,
      ended: false,
    }
    const resolved = asked === null ? [] : [asked.requestId]
    return {
      result: approval,
      change: { approvals: [approval], resolved },
      events: [{ kind: 'invited', sender }],
    }
  })
}

/** On one account, or on all of the network (`account` null). Returns whose approval is gone. */
export function revokeSender(
  desk: SenderDesk,
  {
    channel,
    account,
    id,
  }: { readonly channel: string; readonly account: string | null; readonly id: string },
): Promise<readonly SenderApproval[]> {
  return desk.turn((book) => {
    const gone = book
      .approvalsOf(channel, id)
      .filter((approval) => account === null || approval.account === account)
    // Asked again because the disk failed: what is owed is written now, or this fails too.
    if (gone.length === 0) return { result: gone, takesAway: true, change: {} }
    return {
      result: gone,
      takesAway: true,
      change: {
        revoked: gone.map(({ channel: of, account: at, id: who }) => ({
          channel: of,
          account: at,
          id: who,
        })),
      },
      events: gone.map((sender) => ({ kind: 'revoked' as const, sender })),
    }
  })
}

/** One guarded way to every request (R49): throttled where the name can be guessed. */
function resolveRequest<Result extends { readonly kind: string }>(
  desk: SenderDesk,
  { name, actor }: { readonly name: RequestName; readonly actor: Actor },
  decide: (request: SenderRequest, now: number) => SenderTurn<Result | NotResolved>,
): Promise<Result | NotResolved> {
  return desk.turn<Result | NotResolved>((book, now) => {
    const guessable = name.kind === 'code'
    const retryAfterMs = guessable ? desk.wrongCodes.heldForMs(actor.name, now) : 0
    if (retryAfterMs > 0) return { result: { kind: 'held', retryAfterMs } }
    const request = find(book, name)
    if (request === null || request.rejected || isOver(request, now)) {
      if (guessable) desk.wrongCodes.wrong(actor.name, now)
      return { result: { kind: 'unknown' } }
    }
    if (guessable) desk.wrongCodes.right(actor.name)
    return decide(request, now)
  })
}

function find(book: SenderBook, name: RequestName): SenderRequest | null {
  return name.kind === 'id'
    ? book.request(name.requestId)
    : book.requestByCode(name.channel, readCode(name.code))
}

function approvalOf(
  { channel, account, id, entry, displayName }: SenderRequest,
  {
    by,
    at,
    expiresAt,
  }: { readonly by: string; readonly at: number; readonly expiresAt: number | null },
): SenderApproval {
  return {
    channel,
    account,
    id,
    via: entry === null ? 'code' : 'name',
    entry,
    displayName,
    approvedBy: by,
    approvedAt: at,
    expiresAt,
    ended: false,
  }
}
