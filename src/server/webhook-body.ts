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
  // Without a length in advance it may become as long as any.
  const length = Number(request.headers['content-length'] ?? Infinity)
  if (Number.isFinite(length) && length > MAX_WEBHOOK_BYTES) return tooLarge(MAX_WEBHOOK_BYTES)
  const large = length > SMALL_BODY_BYTES
  if (large && !limits.takeLarge()) return refused('busy')
  try {
    const body = await readWebhookBody(request)
    return body.kind === 'bytes' ? await use(body.bytes) : body
  } finally {
    if (large) limits.releaseLarge()
  }
}

/** `withinMs`: for tests. */
export async function readWebhookBody(
  request: IncomingMessage,
  withinMs: number = WITHIN_MS,
): Promise<WebhookBody> {
  const late = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => late.resolve('late'), withinMs)
  const read = await Promise.race([readBytes(request, MAX_WEBHOOK_BYTES), late.promise])
  clearTimeout(timer)
  if (read === 'late') return refused('invalid_input', 'the body did not arrive in time')
  if (read === 'gone') return refused('invalid_input', 'the body ended early')
  return read === null ? tooLarge(MAX_WEBHOOK_BYTES) : { kind: 'bytes', bytes: read }
}
