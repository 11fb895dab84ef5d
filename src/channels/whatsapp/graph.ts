/** Calls to WhatsApp's Graph API: the token goes to the configured address and nowhere else (R39). */
import type { Secret } from '../../core/secret.ts'
import { jsonOf } from '../../core/json.ts'

export interface GraphAccess {
  readonly base: string
  readonly token: Secret
}

export type GraphAnswer =
  | { readonly kind: 'ok'; readonly value: unknown }
  | {
      readonly kind: 'error'
      readonly status: number
      /** Graph's own number for what went wrong; `null` when the answer has none. */
      readonly code: number | null
      /** As `Retry-After` says; `null` when it says nothing. */
      readonly afterMs: number | null
    }
  | { readonly kind: 'unreachable' }

const DEFAULT_BASE = 'https://graph.facebook.com/v23.0'
const TIMEOUT_MS = 20_000
/** Answers are a few hundred bytes. */
const MOST_BYTES = 256 * 1024

export function graphBase(apiBase: string | undefined): string {
  return (apiBase ?? DEFAULT_BASE).replace(/\/+$/, '')
}

/** `body`: posted as JSON; `null` for a GET. Never rejects. */
export async function callGraph(
  { base, token }: GraphAccess,
  { path, body }: { readonly path: string; readonly body: object | null },
  signal: AbortSignal,
): Promise<GraphAnswer> {
  try {
    const response = await fetch(`${base}/${path}`, {
      method: body === null ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        ...(body !== null && { 'content-type': 'application/json' }),
      },
      ...(body !== null && { body: JSON.stringify(body) }),
      // Not followed: the answer is the redirect itself, which is an error like others.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    const text = await textOf(response)
    if (text === null) return { kind: 'unreachable' }
    const value = jsonOf(text)
    if (response.status === 200) return { kind: 'ok', value }
    return {
      kind: 'error',
      status: response.status,
      code: codeIn(value),
      afterMs: retryAfter(response.headers.get('retry-after')),
    }
  } catch {
    return { kind: 'unreachable' }
  }
}

/** `null`: longer than any answer of the API. */
async function textOf({ body }: Response): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    // Leaving the loop cancels the rest.
    if (bytes > MOST_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function codeIn(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('error' in value)) return null
  const { error } = value
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  // Some answers have it in quotes.
  const code = Number(error.code)
  return Number.isSafeInteger(code) ? code : null
}

const LONGEST_WAIT_S = 3_600

/** Whole seconds; a date, or a wait of days, would be a mistake of whoever answers. */
function retryAfter(header: string | null): number | null {
  if (header === null || !/^\d{1,9}$/.test(header)) return null
  return Math.min(Number(header), LONGEST_WAIT_S) * 1_000
}
