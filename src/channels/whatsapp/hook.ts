/** What WhatsApp calls: the handshake that proves the address is ours, and deliveries that it signs. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Secret } from '../../core/secret.ts'
import { jsonOf } from '../../core/json.ts'
import { ChannelProblem } from '../kind.ts'
import type { HookAnswer, HookRequest, Press, Receiver } from '../types.ts'
import { problemWithCode } from './errors.ts'
import { parseDelivery, type Delivered } from './parse.ts'

/** https://developers.facebook.com/docs/graph-api/webhooks/getting-started: sent once, when the webhook is set up. */
export function handshake(query: URLSearchParams, verifyToken: Secret | undefined): HookAnswer {
  const shown = query.get('hub.verify_token')
  if (shown === null) return { kind: 'unsigned' }
  if (isMissing(verifyToken) || !new Secret(shown).equals(verifyToken)) return { kind: 'forged' }
  const challenge = query.get('hub.challenge') ?? ''
  // It is sent back as it came: nothing that a browser could take for a page.
  const readable = query.get('hub.mode') === 'subscribe' && /^[A-Za-z0-9_-]{1,256}$/.test(challenge)
  return readable ? { kind: 'taken', body: challenge } : { kind: 'unreadable' }
}

export interface DeliveryPorts {
  readonly phoneNumberId: string
  readonly appSecret: Secret | undefined
  readonly receiver: Receiver
  /** To whoever pressed a button. Never rejects. */
  readonly tell: (press: Press, text: string) => void
  readonly warn: (message: string) => void
  readonly foreign: () => void
}

/** Nothing is parsed before the signature holds (R21). Rejects when something could not be kept: WhatsApp delivers it all again. */
export async function takeDelivery(
  { header, body }: Pick<HookRequest, 'header' | 'body'>,
  ports: DeliveryPorts,
): Promise<HookAnswer> {
  const signature = header('x-hub-signature-256')
  if (signature === null) return { kind: 'unsigned' }
  if (!isSigned(body, signature, ports.appSecret)) return { kind: 'forged' }
  const delivered = parseDelivery(jsonOf(body.toString()), ports.phoneNumberId)
  if (delivered === null) return { kind: 'unreadable' }

  // One after the other, so that what a person wrote in a row stays in order; all of them, so that one that cannot be kept holds up no other.
  const lost: unknown[] = []
  for (const one of delivered) await take(one, ports).catch((error: unknown) => lost.push(error))
  if (lost.length > 0)
    throw new ChannelProblem('messages cannot be kept: see the log about the store')
  return { kind: 'taken', body: '' }
}

/** Hex of an HMAC-SHA256 over the body as it came. */
function isSigned(body: Buffer, header: string, secret: Secret | undefined): boolean {
  const [, hex] = /^sha256=([0-9a-f]{64})$/i.exec(header) ?? []
  if (isMissing(secret) || hex === undefined) return false
  const expected = createHmac('sha256', secret.reveal()).update(body).digest()
  return timingSafeEqual(expected, Buffer.from(hex, 'hex'))
}

/** A blank secret is none: anybody could sign with it (R14). */
function isMissing(secret: Secret | undefined): secret is undefined {
  return secret === undefined || secret.length === 0
}

async function take(
  delivered: Delivered,
  { receiver, tell, warn, foreign }: DeliveryPorts,
): Promise<void> {
  switch (delivered.kind) {
    case 'message':
      return receiver.message(delivered.incoming)
    case 'press': {
      const text = await receiver.press(delivered.press)
      if (text !== null) tell(delivered.press, text)
      return
    }
    case 'undelivered':
      return warn(`a message was not delivered: ${problemWithCode(delivered.code)}`)
    case 'foreign':
      return foreign()
  }
}
