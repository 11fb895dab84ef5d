/** `openclaw pairing revoke <channel> <sender>`: takes a person's approval away (S1). */
import { z } from 'zod'
import { text } from '../arguments.ts'
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import {
  ACCOUNT_OPTION,
  CHANNEL_ARGUMENT,
  channelOf,
  personOf,
  senderApprovalShape,
} from '../senders.ts'
import type { Command, Context } from '../types.ts'

const revokedShape = z.looseObject({ revoked: z.array(senderApprovalShape) })

export const pairingRevoke: Command = {
  name: 'pairing revoke',
  summary: 'Take a person’s approval away.',
  arguments: [
    CHANNEL_ARGUMENT,
    {
      name: 'sender',
      description: 'their id, as `openclaw pairing list` shows it',
      required: true,
    },
  ],
  options: [ACCOUNT_OPTION, ...GATEWAY_OPTIONS],
  examples: [
    { line: 'openclaw pairing revoke telegram 123456789', does: 'on every account of ours there' },
  ],
  async run(args, context) {
    const [channel, sender] = args.positionals
    const account = text(args, 'account')
    const params = { channel, sender, ...(account !== undefined && { account }) }
    const question = {
      method: 'channels.pairing.revoke',
      params,
      shape: revokedShape,
      show: print,
    } as const
    return showAnswer(question, args, context)
  },
}

function print({ revoked }: z.output<typeof revokedShape>, context: Context): void {
  for (const one of revoked)
    line(context, `${personOf(one)} on ${channelOf(one)} may write no more`)
}
