/** `channels.pairing.approve`: lets a person on a chat network write to the agents. */
import { z } from 'zod'
import { parseExpiry } from './api-keys-expiry.ts'
import { callingActor } from './device-answer.ts'
import { factWord } from './pairing-subject.ts'
import {
  approvalView,
  channelShape,
  notResolved,
  requestNameOf,
  requestSubjectOf,
  type SenderParts,
} from './sender-answer.ts'
import { defineOperation, type Operation } from './types.ts'

export function channelsPairingApprove({ desk, letIn }: SenderParts): Operation {
  return defineOperation({
    name: 'channels.pairing.approve',
    summary:
      'Lets a person who asked write to the agents, for good or until the approval expires; they are told so once.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/senders/approve' },
    websocket: true,
    input: z.strictObject({
      requestId: z.string().min(1).max(128).optional(),
      channel: channelShape.optional(),
      code: z.string().min(1).max(32).optional(),
      expires: z.string().default('never'),
    }),
    subject: (asked) =>
      `${requestSubjectOf(desk, requestNameOf(asked))} expires=${factWord(asked.expires)}`,
    async run(asked, call) {
      const expiresAt = parseExpiry(asked.expires, desk.clock())
      const name = requestNameOf(asked)
      const answer = await letIn({ name, expiresAt }, callingActor(call))
      if (answer.kind !== 'approved') throw notResolved(answer)
      return { ...approvalView(answer.approval), told: answer.told }
    },
  })
}
