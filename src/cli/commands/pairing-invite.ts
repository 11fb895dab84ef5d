/** `openclaw pairing invite <channel> <sender>`: lets a person write who has not asked, by their id (SPEC 5). */
import { text } from '../arguments.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import {
  ACCOUNT_OPTION,
  CHANNEL_ARGUMENT,
  SENDER_EXPIRES_OPTION,
  senderApprovalShape,
  showApproval,
} from '../senders.ts'
import type { Command } from '../types.ts'

export const pairingInvite: Command = {
  name: 'pairing invite',
  summary: 'Let a person write before they ask, by their id on the network.',
  arguments: [
    CHANNEL_ARGUMENT,
    { name: 'sender', description: 'a user id, or a phone number for whatsapp', required: true },
  ],
  options: [ACCOUNT_OPTION, SENDER_EXPIRES_OPTION, ...GATEWAY_OPTIONS],
  examples: [
    { line: 'openclaw pairing invite whatsapp +1234567890', does: 'they get no code' },
    { line: 'openclaw pairing invite telegram 123456789 --expires 7d', does: 'for a week' },
  ],
  async run(args, context) {
    const [channel, sender] = args.positionals
    const account = text(args, 'account')
    const expires = text(args, 'expires')
    const question = {
      method: 'channels.pairing.invite',
      params: {
        channel,
        sender,
        ...(account !== undefined && { account }),
        ...(expires !== undefined && { expires }),
      },
      shape: senderApprovalShape,
      show: showApproval,
    } as const
    return showAnswer(question, args, context)
  },
}
