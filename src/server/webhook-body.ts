/** Reads what a chat network sends, as it came: its signature is over the bytes. Capped in size and time before anything else (R58). */
import type { IncomingMessage } from 'node:http'
import { readBytes, tooLarge } from './body.ts'
import { refused, type Outcome } from './outcome.ts'
import { SMALL_BODY_BYTES, type WebhookLimits } from './webhook-limits.ts'

/** What WhatsApp documents as the most that a delivery of its has; Telegram's are far smaller. */
export const MAX_WEBHOOK_BYTES = 3 * 1024 * 1024

/** A network sends it in one go. */
const WITHIN_MS = 10_000

export type WebhookBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | Extract<Outcome, { kind: 'refused' }>

/** Hands the body to `use`, and gives back the room that it took when that is done. */
export async function withWebhookBody(
  request: IncomingMessage,
  limits: WebhookLimits,
  use: (bytes: Buffer) => Promise<Outcome>,
): Promise<Outcome> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_WEBHOOK_BYTES)
    return asUnknown(tooLarge(MAX_WEBHOOK_BYTES))
  const taken = { large: false }
  // By what has arrived: whoever only says that much will come takes nobody's place.
  const room = (bytes: number): boolean => {
    if (bytes > SMALL_BODY_BYTES && !taken.large) taken.large = limits.takeLarge()
    return bytes <= SMALL_BODY_BYTES || taken.large
  }
  try {
    const body = await readWebhookBody(request, { room })
    if (body.kind === 'bytes') return await use(body.bytes)
    return body.reason === 'busy' ? body : asUnknown(body)
  } finally {
    if (taken.large) limits.releaseLarge()
  }
}

/** What no network sends is answered as on a path without an account: nobody learns which there are (R41). The record has the reason. */
function asUnknown({ reason }: Extract<Outcome, { kind: 'refused' }>): Outcome {
  return { ...refused('nothing_presented'), code: reason }
}

/** `withinMs`: for tests. */
export async function readWebhookBody(
  request: IncomingMessage,
  { withinMs = WITHIN_MS, room }: Reading = {},
): Promise<WebhookBody> {
  const late = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => late.resolve('late'), withinMs)
  const read = await Promise.race([readBytes(request, MAX_WEBHOOK_BYTES, room), late.promise])
  clearTimeout(timer)
  if (read === 'late') return refused('invalid_input', 'the body did not arrive in time')
  if (read === 'gone') return refused('invalid_input', 'the body ended early')
  if (read === 'no-room') return refused('busy')
  return read === null ? tooLarge(MAX_WEBHOOK_BYTES) : { kind: 'bytes', bytes: read }
}

interface Reading {
  readonly withinMs?: number
  /** Whether so many bytes may be held. */
  readonly room?: (bytes: number) => boolean
}
