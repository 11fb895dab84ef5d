/** `channels.pairing.cancel`: ends an invitation; whom it let in stays in. */
import { z } from 'zod'
import { cancelInvitation } from '../senders/invite.ts'
import { factWord } from './pairing-subject.ts'
import { invitationView, type SenderParts } from './sender-answer.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export function channelsPairingCancel({ desk }: SenderParts): Operation {
  return defineOperation({
    name: 'channels.pairing.cancel',
    summary: 'Ends an invitation: its code lets nobody in any more. Whom it let in stays in.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'DELETE', path: '/api/v1/invitations/:invitationId' },
    websocket: true,
    input: z.strictObject({ invitationId: z.string().min(1).max(64) }),
    subject: ({ invitationId }) => `invitation=${factWord(invitationId)}`,
    async run({ invitationId }) {
      const cancelled = await cancelInvitation(desk, invitationId)
      if (cancelled === null)
        throw new Refusal(
          'unknown_pairing',
          'no invitation that can still be used has this id: `openclaw pairing list` shows those that can',
        )
      return invitationView(cancelled)
    },
  })
}
