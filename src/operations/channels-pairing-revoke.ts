/** `channels.pairing.revoke`: takes an approval away; messages of theirs that wait are dropped unread. */
import { z } from 'zod'
import { revokeSender } from '../senders/resolve.ts'
import { factWord } from './pairing-subject.ts'
import {
  accountShape,
  approvalView,
  channelShape,
  type SenderId,
  type SenderParts,
} from './sender-answer.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

/** An id that the book holds is one as it stands: whoever was let in can be put out, however the network writes ids now. */
function heldOr({ desk, idOf }: SenderParts, channel: string, sender: string): SenderId {
  const held = desk.book.approvalsOf(channel, sender).length > 0
  return held ? { kind: 'id', id: sender } : idOf(channel, sender)
}

export function channelsPairingRevoke(parts: SenderParts): Operation {
  return defineOperation({
    name: 'channels.pairing.revoke',
    summary: 'Takes the approval of a person away, on one account or on all of the network.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'DELETE', path: '/api/v1/senders/:channel/:sender' },
    websocket: true,
    input: z.strictObject({
      channel: channelShape,
      sender: z.string().min(1).max(128),
      account: accountShape.optional(),
    }),
    subject: ({ channel, sender }) => {
      const named = heldOr(parts, channel, sender)
      return `sender=${factWord(channel)}:${named.kind === 'id' ? named.id : 'unreadable'}`
    },
    async run({ channel, sender, account = null }) {
      const named = heldOr(parts, channel, sender)
      if (named.kind === 'invalid')
        throw new Refusal(
          'invalid_input',
          `sender: ${named.problem}; \`openclaw pairing list\` shows the ids`,
        )
      const gone = await revokeSender(parts.desk, { channel, account, id: named.id })
      if (gone.length === 0)
        throw new Refusal(
          'unknown_pairing',
          'this sender has no approval; who stands in allowFrom is taken out there',
        )
      return { revoked: gone.map(approvalView) }
    },
  })
}
