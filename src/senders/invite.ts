/** What an operator does about invitations: makes them, sees those that stand, and cancels them (SPEC 14.6). */
import type { CodeMaker } from '../access/code-maker.ts'
import { newToken, shortId } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import { newInvitationCode, spelledOut } from './code.ts'
import type { SenderDesk } from './desk.ts'
import { hasExpired, stateOf, type InvitationTimes } from './invitations.ts'
import type { AccountRef, SenderInvitation } from './types.ts'

/** How many may come by one invitation. */
export const MOST_USES = 100
/** Invitations of one account that stand at a time. */
export const MOST_STANDING = 64
/** Of those that are over, so many are kept to say what became of a code. */
const MOST_OVER = 256

type InviterStands = InvitationTimes['inviterStands']

export interface NewInvitation {
  readonly account: AccountRef
  readonly label: string
  /** From 1 to {@link MOST_USES}. */
  readonly uses: number
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** As above; `null` never. */
  readonly approvalExpiresAt: number | null
}

export type Invited =
  /** The code is here once and never again. */
  | { readonly kind: 'made'; readonly code: Secret; readonly invitation: SenderInvitation }
  /** {@link MOST_STANDING} stand on this account. */
  | { readonly kind: 'full' }

export function makeInvitation(
  desk: SenderDesk,
  { account: { channel, account }, ...wish }: NewInvitation,
  {
    by,
    maker,
    inviterStands,
  }: {
    /** `kind:id` of the operator. */
    readonly by: string
    readonly maker: CodeMaker
    readonly inviterStands: InviterStands
  },
): Promise<Invited> {
  return desk.turn<Invited>(({ invitations }, now) => {
    const stands = (one: SenderInvitation) => stateOf(one, { now, inviterStands }) === 'stands'
    if (invitations.at({ channel, account }).filter(stands).length >= MOST_STANDING)
      return { result: { kind: 'full' } }

    const code = newInvitationCode()
    const invitation: SenderInvitation = {
      channel,
      account,
      ...wish,
      invitationId: shortId(newToken()),
      digest: new Secret(code).digest(),
      usedBy: [],
      createdBy: by,
      maker,
      createdAt: now,
      ended: null,
    }
    const over = invitations.all().filter((one) => !stands(one))
    const forgotten = over
      .toSorted((a, b) => b.createdAt - a.createdAt)
      .slice(MOST_OVER)
      .map(({ invitationId }) => invitationId)
    return {
      result: { kind: 'made', code: new Secret(spelledOut(code)), invitation },
      change: { invitations: [invitation], forgotten },
    }
  })
}

/** The newest last. */
export function standingInvitations(
  { book, clock }: SenderDesk,
  inviterStands: InviterStands,
): readonly SenderInvitation[] {
  const now = clock()
  return book.invitations
    .all()
    .filter((one) => stateOf(one, { now, inviterStands }) === 'stands')
    .toSorted((a, b) => a.createdAt - b.createdAt)
}

/** Resolves with what was cancelled; `null`: none by this id can be used any more. */
export function cancelInvitation(
  desk: SenderDesk,
  invitationId: string,
): Promise<SenderInvitation | null> {
  return desk.turn<SenderInvitation | null>(({ invitations }, now) => {
    const found = invitations.find(invitationId)
    // One whose maker may invite no more is cancelled too: they might get the right back.
    // Asked again because the disk failed: what is owed is written now, or this fails too.
    if (found === null || stateOf(found, { now, inviterStands: () => true }) !== 'stands')
      return { result: null, takesAway: true, change: {} }
    const cancelled = { ...found, ended: 'cancelled' as const }
    return { result: cancelled, takesAway: true, change: { invitations: [cancelled] } }
  })
}

/** Writes down which invitations of an account are past their end, as soon as it is seen: no clock brings them back. */
export async function noteExpired(desk: SenderDesk, account: AccountRef): Promise<void> {
  const past = (now: number) =>
    desk.book.invitations.at(account).filter((one) => one.ended === null && hasExpired(one, now))
  const seen = past(desk.clock()).map(({ invitationId }) => invitationId)
  if (seen.length === 0) return
  // Seen is seen: what the clock says when its turn comes changes nothing.
  await desk.turn(({ invitations }) => ({
    result: null,
    takesAway: true,
    change: {
      invitations: seen.flatMap((id) => {
        const found = invitations.find(id)
        return found?.ended === null ? [{ ...found, ended: 'expired' as const }] : []
      }),
    },
  }))
}
