/** `openclaw pairing approve <channel> <code>`: lets a person who was told this code write to the agents (S1). */
import { z } from 'zod'
import { text } from '../arguments.ts'
import { showAnswer } from '../show-answer.ts'
import { GATEWAY_OPTIONS } from '../targets.ts'
import {
  CHANNEL_ARGUMENT,
  SENDER_EXPIRES_OPTION,
  senderApprovalShape,
  showApproval,
} from '../senders.ts'
import { line } from '../output.ts'
import type { Command, Context } from '../types.ts'

/** A gateway that says nothing of it tells nobody. */
const approvedShape = senderApprovalShape.extend({ told: z.boolean().default(false) })

function showApproved(
  { told, ...approval }: z.output<typeof approvedShape>,
  context: Context,
): void {
  showApproval(approval, context)
  line(context, `  told    ${told ? 'yes, where they asked' : 'no: tell them yourself'}`)
}

export const pairingApprove: Command = {
  name: 'pairing approve',
  summary: 'Let a person write to the agents, by the code that they were told.',
  arguments: [
    CHANNEL_ARGUMENT,
    { name: 'code', description: 'six characters, as the person reads them out', required: true },
  ],
  options: [SENDER_EXPIRES_OPTION, ...GATEWAY_OPTIONS],
  examples: [
    { line: 'openclaw pairing approve discord ABC234', does: 'until it is revoked' },
    { line: 'openclaw pairing approve telegram XYZ789 --expires 30d', does: 'for 30 days' },
  ],
  async run(args, context) {
    const [channel, code] = args.positionals
    const expires = text(args, 'expires')
    const question = {
      method: 'channels.pairing.approve',
      params: { channel, code, ...(expires !== undefined && { expires }) },
      shape: approvedShape,
      show: showApproved,
    } as const
    return showAnswer(question, args, context)
  },
}
