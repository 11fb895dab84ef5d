/** `send`: a message from the operator to a conversation on a chat network. */
import { z } from 'zod'
import { randomText } from '../core/ids.ts'
import { DEFAULT_ACCOUNT } from '../senders/desk.ts'
import { accountShape, channelShape } from './sender-answer.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export interface SendPorts {
  /** On disk when it resolves, sent as soon as the network takes it. `problem`: why it cannot be. */
  readonly post: (message: PostedMessage) => Promise<{ readonly problem: string | null }>
}

export interface PostedMessage {
  readonly id: string
  readonly channel: string
  readonly account: string
  readonly to: { readonly kind: 'dm' | 'group'; readonly id: string }
  readonly text: string
}

export function send({ post }: SendPorts): Operation {
  return defineOperation({
    name: 'send',
    summary: 'Sends a message to a conversation on a chat network.',
    requires: 'operator.write',
    changes: true,
    http: { method: 'POST', path: '/api/v1/channels/:channel/messages' },
    websocket: true,
    input: z.strictObject({
      channel: channelShape,
      accountId: accountShape.default(DEFAULT_ACCOUNT),
      to: z.string().trim().min(1).max(128),
      group: z.boolean().default(false),
      message: z.string().min(1).max(20_000),
      /** The same key sends once. */
      idempotencyKey: z.string().min(1).max(256).optional(),
    }),
    async run({ channel, accountId, to, group, message, idempotencyKey }) {
      const text = message.toWellFormed().replaceAll('\0', '').trim()
      if (text === '') throw new Refusal('invalid_input', 'message is empty')
      const id = `send:${channel}:${accountId}:${idempotencyKey ?? randomText(12)}`
      const address = { kind: group ? ('group' as const) : ('dm' as const), id: to }
      const { problem } = await post({ id, channel, account: accountId, to: address, text })
      if (problem !== null) throw new Refusal('invalid_input', problem)
      return { channel, accountId, to, status: 'queued' }
    },
  })
}
