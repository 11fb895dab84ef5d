/** `openclaw pairing reject <channel> <code>`: turns a person down; they hear nothing more for the hour. */
import { line } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import {
  CHANNEL_ARGUMENT,
  channelOf,
  personOf,
  senderRequestShape,
  type ShownRequest,
} from '../senders.ts'
import type { Command, Context } from '../types.ts'

export const pairingReject: Command = {
  name: 'pairing reject',
  summary: 'Turn down a person who asks to write.',
  arguments: [
    CHANNEL_ARGUMENT,
    { name: 'code', description: 'as `openclaw pairing list` shows it', required: true },
  ],
  options: GATEWAY_OPTIONS,
  examples: [{ line: 'openclaw pairing reject discord ABC234', does: 'the code is dead' }],
  async run(args, context) {
    const [channel, code] = args.positionals
    const question = {
      method: 'channels.pairing.dismiss',
      params: { channel, code },
      shape: senderRequestShape,
      show: print,
    } as const
    return showAnswer(question, args, context)
  },
}

function print(request: ShownRequest, context: Context): void {
  line(context, `${personOf(request)} on ${channelOf(request)} stays out`)
}
