/** `channels.pairing.dismiss`: turns down a person who asked to write. */
import { z } from 'zod'
import { rejectSender } from '../senders/resolve.ts'
import { callingActor } from './device-answer.ts'
import {
  channelShape,
  notResolved,
  requestNameOf,
  requestSenderView,
  requestSubjectOf,
  type SenderParts,
} from './sender-answer.ts'
import { defineOperation, type Operation } from './types.ts'

export function channelsPairingDismiss({ desk }: SenderParts): Operation {
  return defineOperation({
    name: 'channels.pairing.dismiss',
    summary: 'Turns down a person who asked to write; they hear nothing more for the hour.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/senders/dismiss' },
    websocket: true,
    input: z.strictObject({
      requestId: z.string().min(1).max(128).optional(),
      channel: channelShape.optional(),
      code: z.string().min(1).max(32).optional(),
    }),
    subject: (asked) => requestSubjectOf(desk, requestNameOf(asked)),
    async run(asked, call) {
      const answer = await rejectSender(desk, requestNameOf(asked), callingActor(call))
      if (answer.kind !== 'rejected') throw notResolved(answer)
      return requestSenderView(answer.request)
    },
  })
}
