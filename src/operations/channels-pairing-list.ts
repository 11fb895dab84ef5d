/** `channels.pairing.list`: who may write on a chat network by an approval, who asks to, and which invitations stand. */
import { z } from 'zod'
import { waitingSenders } from '../senders/resolve.ts'
import { standingInvitations } from '../senders/invite.ts'
import {
  approvalView,
  channelShape,
  invitationView,
  requestSenderView,
  type SenderParts,
} from './sender-answer.ts'
import { defineOperation, type Operation } from './types.ts'

export function channelsPairingList({ desk, inviterStands }: SenderParts): Operation {
  return defineOperation({
    name: 'channels.pairing.list',
    summary:
      'Who may write on the chat networks by an approval, who asks to, and which invitations stand.',
    requires: 'operator.pairing',
    changes: false,
    http: { method: 'GET', path: '/api/v1/senders' },
    websocket: true,
    input: z.strictObject({ channel: channelShape.optional() }),
    run({ channel }) {
      const here = (one: { readonly channel: string }) =>
        channel === undefined || one.channel === channel
      return {
        requests: waitingSenders(desk).filter(here).map(requestSenderView),
        approved: desk.book
          .approvals()
          .filter(here)
          .toSorted((a, b) => a.approvedAt - b.approvedAt)
          .map(approvalView),
        invitations: standingInvitations(desk, inviterStands).filter(here).map(invitationView),
      }
    },
  })
}
