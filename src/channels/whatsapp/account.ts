/** One number on WhatsApp, open: its webhook is called, and what we say is posted. */
import { Secret } from '../../core/secret.ts'
import type { AccountRef } from '../../senders/types.ts'
import { pause } from '../backoff.ts'
import { ChannelProblem } from '../kind.ts'
import type {
  AccountPorts,
  ChannelAccount,
  ChannelLimits,
  Outgoing,
  Press,
  Probe,
  Sent,
} from '../types.ts'
import { problemWith, unsent } from './errors.ts'
import { callGraph, graphBase, type GraphAccess } from './graph.ts'
import { handshake, takeDelivery } from './hook.ts'
import type { WhatsappSettings } from './index.ts'
import { buttonMessage, MOST_BUTTONS, needsTwo, textMessage } from './outgoing.ts'

/**
 * 80 messages a second are documented for a number. For one person it is a message every 6 seconds, of which 45 may be
 * taken in advance within 6 seconds: an answer in a few parts goes out at once at a pace that stays within these, and
 * whoever is written to without end hears later, which WhatsApp says itself (131056).
 */
const LIMITS: ChannelLimits = {
  text: 4_096,
  perSecond: 80,
  betweenMs: 150,
  groupBetweenMs: 150,
  typingMs: 0,
}

const BELOW = 'Please choose:'

export function openWhatsapp(
  ref: AccountRef,
  { token, apiBase, phoneNumberId = '', appSecret, verifyToken }: WhatsappSettings,
  ports: AccountPorts,
): ChannelAccount {
  const access = { base: graphBase(apiBase), token: token ?? new Secret('') }
  const path = encodeURIComponent(phoneNumberId)
  const post = (body: object, signal: AbortSignal) => sendOne(access, { path, body }, signal)
  const warn = (message: string): void => ports.warn(`${ref.channel} (${ref.account}): ${message}`)

  const told = { foreign: false }
  const foreign = (): void => {
    if (told.foreign) return
    told.foreign = true
    warn(
      'messages for another phone number come to this webhook and are not taken: give that number a callback address of its own, or set its phoneNumberId here',
    )
  }
  const tell = ({ conversation, pressId }: Press, text: string): void => {
    const message = { id: `press:${pressId}`, to: conversation, replyTo: pressId, text }
    // WhatsApp is not kept waiting for it: it would take the delivery for failed, and repeat it.
    void post(textMessage(message), AbortSignal.timeout(30_000))
  }
  const check = (signal: AbortSignal): Promise<Probe> => probe(access, path, signal)
  return {
    ref,
    limits: LIMITS,
    async run(receiver, signal) {
      const { ok, problem } = await check(signal)
      if (signal.aborted) return
      if (!ok) throw new ChannelProblem(problem ?? 'WhatsApp cannot be reached')
      receiver.connected()
      while (!signal.aborted) await pause(60_000, signal)
    },
    send: (message, signal) => send(message, (body) => post(body, signal)),
    // It would mark what they wrote as read, and needs its id, which is not the conversation's.
    async typing() {},
    probe: check,
    async hook(request, receiver) {
      if (request.method === 'GET') return handshake(request.query, verifyToken)
      return takeDelivery(request, { phoneNumberId, appSecret, receiver, tell, warn, foreign })
    },
  }
}

async function send(message: Outgoing, post: (body: object) => Promise<Sent>): Promise<Sent> {
  const { buttons } = message
  if (buttons.length > MOST_BUTTONS)
    return { kind: 'refused', problem: `WhatsApp shows at most ${MOST_BUTTONS} buttons` }
  if (buttons.length === 0) return post(textMessage(message))
  if (!needsTwo(message)) return post(buttonMessage(message))
  const sent = await post(textMessage(message))
  if (sent.kind !== 'sent') return sent
  return post(buttonMessage({ ...message, text: BELOW, replyTo: sent.messageId }))
}

async function sendOne(
  access: GraphAccess,
  { path, body }: { readonly path: string; readonly body: object },
  signal: AbortSignal,
): Promise<Sent> {
  const answer = await callGraph(access, { path: `${path}/messages`, body }, signal)
  if (answer.kind !== 'ok') return unsent(answer)
  const messageId = idIn(answer.value)
  if (messageId !== null) return { kind: 'sent', messageId }
  return { kind: 'later', afterMs: null, problem: 'what answers is not WhatsApp: see apiBase' }
}

function idIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('messages' in value)) return null
  const first: unknown = Array.isArray(value.messages) ? value.messages[0] : null
  if (typeof first !== 'object' || first === null || !('id' in first)) return null
  return typeof first.id === 'string' ? first.id : null
}

/** That the token is right and the number is the one that is meant. */
async function probe(access: GraphAccess, path: string, signal: AbortSignal): Promise<Probe> {
  const fields = `${path}?fields=display_phone_number,verified_name`
  const answer = await callGraph(access, { path: fields, body: null }, signal)
  if (answer.kind !== 'ok') return { ok: false, name: null, problem: problemWith(answer) }
  const { value } = answer
  if (typeof value !== 'object' || value === null || !('display_phone_number' in value))
    return { ok: false, name: null, problem: 'what answers is not WhatsApp: see apiBase' }
  const name = 'verified_name' in value ? ` (${String(value.verified_name)})` : ''
  return { ok: true, name: `${String(value.display_phone_number)}${name}`, problem: null }
}
