/** `openclaw pairing list`: who asks to write to the agents, who may, and who is invited (S1, SPEC 5). */
import { z } from 'zod'
import { invitationShape, showInvitations } from '../invitations.ts'
import { CHANNEL_NAMES, isChannel } from '../channel-config.ts'
import { line, problem } from '../output.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import { senderApprovalShape, senderRequestShape, showApprovals, showRequests } from '../senders.ts'
import { EXIT, type Command, type Context } from '../types.ts'

const listShape = z.looseObject({
  requests: z.array(senderRequestShape),
  approved: z.array(senderApprovalShape),
  invitations: z.array(invitationShape).default([]),
})

export const pairingList: Command = {
  name: 'pairing list',
  summary:
    'Who asks to write to the agents on a chat network, who may, and which invitations stand.',
  arguments: [
    { name: 'channel', description: 'of one network; without it, of all', required: false },
  ],
  options: GATEWAY_OPTIONS,
  examples: [
    { line: 'openclaw pairing list', does: 'codes that wait, and everybody who was approved' },
    { line: 'openclaw pairing list telegram', does: 'on Telegram' },
  ],
  async run(args, context) {
    const [channel] = args.positionals
    if (channel !== undefined && !isChannel(channel)) {
      problem(context, `there is no network ${channel}: ${CHANNEL_NAMES} are`)
      return EXIT.usage
    }
    const params = channel === undefined ? {} : { channel }
    const question = {
      method: 'channels.pairing.list',
      params,
      shape: listShape,
      show: print,
    } as const
    return showAnswer(question, args, context)
  },
}

function print(
  { requests, approved, invitations }: z.output<typeof listShape>,
  context: Context,
): void {
  if (requests.length === 0) line(context, 'nobody asks to write')
  else {
    line(context, 'asking (`openclaw pairing approve <channel> <code>`):')
    showRequests(requests, context)
  }
  if (approved.length > 0) {
    line(context, '')
    line(context, 'approved (`openclaw pairing revoke <channel> <sender>`):')
    showApprovals(approved, context)
  }
  if (invitations.length === 0) return
  line(context, '')
  line(context, 'invited by code (`openclaw pairing invite --cancel <id>`):')
  showInvitations(invitations, context)
}
