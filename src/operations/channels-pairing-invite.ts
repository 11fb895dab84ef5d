/** `channels.pairing.invite`: lets a person write who has not written yet, by the network's own id. */
import { z } from 'zod'
import { DEFAULT_ACCOUNT, senderName } from '../senders/desk.ts'
import { inviteSender } from '../senders/resolve.ts'
import { parseExpiry } from './api-keys-expiry.ts'
import { callingActor } from './device-answer.ts'
import { factWord } from './pairing-subject.ts'
import { accountShape, approvalView, channelShape, type SenderParts } from './sender-answer.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export function channelsPairingInvite({ desk, idOf }: SenderParts): Operation {
  return defineOperation({
    name: 'channels.pairing.invite',
    summary: 'Lets a person write who has not asked yet, by their id on the network.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/senders' },
    websocket: true,
    input: z.strictObject({
      channel: channelShape,
      account: accountShape.default(DEFAULT_ACCOUNT),
      sender: z.string().min(1).max(128),
      expires: z.string().default('never'),
    }),
    subject: ({ channel, account, sender, expires }) => {
      const named = idOf(channel, sender)
      const id = named.kind === 'id' ? named.id : 'unreadable'
      return `sender=${senderName({ channel: factWord(channel), account: factWord(account), id })} expires=${factWord(expires)}`
    },
    async run({ channel, account, sender, expires }, call) {
      const expiresAt = parseExpiry(expires, desk.clock())
      const named = idOf(channel, sender)
      if (named.kind === 'invalid') throw new Refusal('invalid_input', `sender: ${named.problem}`)
      const ref = { channel, account, id: named.id }
      return approvalView(await inviteSender(desk, { sender: ref, expiresAt }, callingActor(call)))
    },
  })
}
