/** Invitations to chat networks, as the gateway shows them to commands. */
import { z } from 'zod'
import { inWords, line, localTime } from './output.ts'
import { channelOf } from './senders.ts'
import { table } from './table.ts'
import type { Context } from './types.ts'

export const invitationShape = z.looseObject({
  invitationId: z.string(),
  channel: z.string(),
  accountId: z.string(),
  for: z.string(),
  uses: z.number(),
  usesLeft: z.number(),
  createdBy: z.string(),
  expiresAt: z.number(),
})
export type ShownInvitation = z.output<typeof invitationShape>

export const madeInvitationShape = invitationShape.extend({ code: z.string().min(1) })

/** The code alone on standard output, to hand on; it is shown this once. */
export function showCode(made: z.output<typeof madeInvitationShape>, context: Context): void {
  const { code, uses, expiresAt, invitationId } = made
  line(context, code)
  const whom = made.for === '' ? 'Whoever sends' : `${made.for} sends`
  const often = uses === 1 ? 'It works once' : `It works for ${uses} people`
  const notes = [
    `${whom} this to your account on ${channelOf(made)}, as a message of its own, and may write.`,
    `${often}, until ${localTime(expiresAt)} (${inWords(expiresAt - context.now())}). It is not shown again.`,
    `\`openclaw pairing invite --cancel ${invitationId}\` ends it.`,
  ]
  for (const note of notes) context.stderr(`${note}\n`)
}

export function showCancelled(cancelled: ShownInvitation, context: Context): void {
  line(
    context,
    `invitation ${cancelled.invitationId} to ${channelOf(cancelled)} lets nobody in any more`,
  )
}

export function showInvitations(invitations: readonly ShownInvitation[], context: Context): void {
  table(
    context,
    ['id', 'channel', 'for', 'uses left', 'by', 'until'],
    invitations.map((one) => [
      one.invitationId,
      channelOf(one),
      one.for,
      `${one.usesLeft} of ${one.uses}`,
      one.createdBy,
      localTime(one.expiresAt),
    ]),
  )
}
