/** `openclaw pairing invite`: lets a person write before they ask: by their id, or by a code that they send (SPEC 5, 14.6). */
import { text, wholeNumber } from '../arguments.ts'
import { invitationShape, madeInvitationShape, showCancelled, showCode } from '../invitations.ts'
import { problem } from '../output.ts'
import { ACCOUNT_OPTION, senderApprovalShape, showApproval } from '../senders.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

/** Of a typing error; the gateway has a bound of its own. */
const MOST_PEOPLE = 1_000

export const pairingInvite: Command = {
  name: 'pairing invite',
  summary: 'Let a person write before they ask: make a code that they send, or name their id.',
  arguments: [
    {
      name: 'channel',
      description: 'telegram, discord or whatsapp; left out with --cancel',
      required: false,
    },
    {
      name: 'sender',
      description: 'a user id, or a phone number for whatsapp; without it a code is made',
      required: false,
    },
  ],
  options: [
    { flags: '--for <name>', description: 'whom the code is for, as the list shows it' },
    { flags: '--uses <number>', description: 'how many people may come by the code (1)' },
    {
      flags: '--expires <when>',
      description:
        'until when the code works, 30d at most (24h); with a sender, of the approval (never)',
    },
    {
      flags: '--cancel <id>',
      description: 'end an invitation, by its id in `openclaw pairing list`',
    },
    ACCOUNT_OPTION,
    ...GATEWAY_OPTIONS,
  ],
  examples: [
    {
      line: 'openclaw pairing invite telegram --for Anna',
      does: 'a code for one person, for a day',
    },
    { line: 'openclaw pairing invite discord --uses 5 --expires 7d', does: 'for five, for a week' },
    {
      line: 'openclaw pairing invite --cancel 4be1d09c22f7',
      does: 'its code lets nobody in any more',
    },
    { line: 'openclaw pairing invite whatsapp +1234567890', does: 'they need no code' },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const [channel, sender] = args.positionals
  const invitationId = text(args, 'cancel')
  if ((invitationId === undefined) === (channel === undefined))
    return misused('name the channel, or an invitation with --cancel <id>', context)
  if (invitationId !== undefined) {
    const question = {
      method: 'channels.pairing.cancel',
      params: { invitationId },
      shape: invitationShape,
      show: showCancelled,
    } as const
    return showAnswer(question, args, context)
  }
  const uses = wholeNumber(args, 'uses', { min: 1, max: MOST_PEOPLE })
  if (uses.kind === 'wrong') return misused(uses.message, context)
  const asked = {
    method: 'channels.pairing.invite',
    params: { channel, sender, ...given(args), uses: uses.value },
  } as const
  return sender === undefined
    ? showAnswer({ ...asked, shape: madeInvitationShape, show: showCode }, args, context)
    : showAnswer({ ...asked, shape: senderApprovalShape, show: showApproval }, args, context)
}

function misused(message: string, context: Context): number {
  problem(context, message)
  return EXIT.usage
}

function given(args: Arguments) {
  return { account: text(args, 'account'), expires: text(args, 'expires'), for: text(args, 'for') }
}
