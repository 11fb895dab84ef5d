/** What HTTP leaves open and we do not: one Host, one Authorization, one target (SPEC 2.1). */
import type { IncomingMessage } from 'node:http'
import { VERIFY_TOKEN, webhookAt } from './webhook-path.ts'

/** Why a request is not well-formed enough to be judged, in words for the record; `null` when it is. */
export function malformed(
  request: Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders'>,
  single: ReadonlySet<string>,
): string | null {
  const seen = repeatedHeader(request.rawHeaders, single)
  if (seen !== null) return `two ${seen} headers`
  const { host } = request.headers
  if (host === undefined) return 'no Host header'
  if (
    request.headers['content-length'] !== undefined &&
    request.headers['transfer-encoding'] !== undefined
  ) {
    return 'Content-Length with Transfer-Encoding'
  }
  return malformedTarget(request.url ?? '', host)
}

/** Headers of which two would leave open which one counts. The configured userHeader comes on top. */
export const SINGLE_HEADERS: readonly string[] = [
  'host',
  'authorization',
  'origin',
  'content-length',
  'x-real-ip',
  'cookie',
  'x-api-key',
  'x-openclaw-password',
  'x-openclaw-session-proof',
  'x-openclaw-scopes',
]

function repeatedHeader(raw: readonly string[], single: ReadonlySet<string>): string | null {
  const seen: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase()
    if (!single.has(name) && !name.startsWith('tailscale-')) continue
    if (seen.includes(name)) return name
    seen.push(name)
  }
  return null
}

/** Lower-case name without brackets, and the port as written; `null` for anything that is not just that. */
export function parseHost(text: string): { readonly name: string; readonly port: string } | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text)
  if (match === null) return null
  const name = (match[1] ?? match[2] ?? '').toLowerCase()
  return { name, port: match[3] ?? '' }
}

/** Only `/path?query`; the absolute form is taken when it says the same as Host (RFC 9112 3.2.2). */
function malformedTarget(target: string, host: string): string | null {
  if (target.startsWith('/') || target === '*') return null
  const absolute = /^https?:\/\/([^/?#]+)/i.exec(target)
  if (absolute === null) return 'a request target that is no path'
  return absolute[1]?.toLowerCase() === host.toLowerCase()
    ? null
    : 'an absolute target that differs from Host'
}

/** The path and query of a request target that {@link malformed} let pass. */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const rest = target.replace(/^https?:\/\/[^/?#]+/i, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  'token',
  'access_token',
  'password',
  'api_key',
  'key',
  'devicetoken',
  VERIFY_TOKEN,
])

/**
 * A secret in a query ends up in logs, clipboards and Referer headers; none is read from there (R40), but the one that
 * WhatsApp sends in no other place: the token of its handshake.
 */
export function secretInQuery(target: string, method: string | null): boolean {
  const at = target.indexOf('?')
  if (at < 0) return false
  const handshake = method === 'GET' && webhookAt(target) !== null
  for (const name of new URLSearchParams(target.slice(at + 1)).keys()) {
    if (handshake && name === VERIFY_TOKEN) continue
    if (SECRET_PARAMETERS.has(name.toLowerCase())) return true
  }
  return false
}
