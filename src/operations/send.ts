/** `send`: a message from the operator to a conversation on a chat network. */
import { z } from 'zod'
import type { Clock } from '../core/clock.ts'
import { randomText } from '../core/ids.ts'
import { DEFAULT_ACCOUNT } from '../senders/desk.ts'
import { RecentSends } from './recent-sends.ts'
import { accountShape, channelShape } from './sender-answer.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export interface SendPorts {
  /** Why no conversation of this network has such an id; `null` for what may be one. */
  readonly problemOfAddress: (channel: string, to: PostedMessage['to']) => string | null
  readonly clock: Clock
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

export function send({ post, clock, problemOfAddress }: SendPorts): Operation {
  const recent = new RecentSends()
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
      /** The same key of the same caller sends once, within five minutes and for as long as it waits. */
      idempotencyKey: z.string().min(1).max(256).optional(),
    }),
    async run({ channel, accountId, to, group, message, idempotencyKey }, { principal }) {
      const text = message.toWellFormed().replaceAll('\0', '').trim()
      if (text === '') throw new Refusal('invalid_input', 'message is empty')
      const key = idempotencyKey ?? randomText(12)
      const id = `send:${channel}:${accountId}:${principal.kind}:${principal.id}:${key}`
      const address = { kind: group ? ('group' as const) : ('dm' as const), id: to }
      const wrong = problemOfAddress(channel, address)
      if (wrong !== null) throw new Refusal('invalid_input', wrong)
      const answer = { channel, accountId, to, status: 'queued' }
      const asked = recent.ask(id, JSON.stringify([address, text]), clock())
      if (asked === 'same') return answer
      if (asked === 'other')
        throw new Refusal('invalid_input', 'this idempotencyKey already stands for another message')
      try {
        const { problem } = await post({ id, channel, account: accountId, to: address, text })
        if (problem !== null) throw new Refusal('invalid_input', problem)
      } catch (error) {
        recent.forget(id)
        throw error
      }
      return answer
    },
  })
}
