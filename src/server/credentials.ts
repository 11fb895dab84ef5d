/** The only reader of credential headers: which strings a request presents, and of which class each is. */
import type { IncomingHttpHeaders } from 'node:http'
import { Secret } from '../core/secret.ts'
import { DEVICE_TOKEN_PREFIX } from '../access/methods/device-token.ts'
import { SESSION_COOKIE } from '../operations/cookies.ts'
import type { Credential, PresentedClass } from '../access/types.ts'

/** A string and the place it stood in. */
export interface Presented {
  readonly value: string
  readonly source: string
}

/** `passwordLive`: Basic is a credential only then; a proxy in front may use Basic for its own users (S2's nginx does). */
export function presentedIn(headers: IncomingHttpHeaders, passwordLive: boolean): Presented[] {
  const found: Presented[] = []
  const authorization = readAuthorization(headers.authorization, passwordLive)
  if (authorization !== null) found.push(authorization)
  const password = headers['x-openclaw-password']
  if (typeof password === 'string' && password !== '')
    found.push({ value: password, source: 'x-openclaw-password' })
  const key = headers['x-api-key']
  if (typeof key === 'string' && key !== '') found.push({ value: key, source: 'x-api-key' })
  return found
}

function readAuthorization(header: string | undefined, passwordLive: boolean): Presented | null {
  if (header === undefined) return null
  const at = header.indexOf(' ')
  const scheme = (at < 0 ? header : header.slice(0, at)).toLowerCase()
  const value = at < 0 ? '' : header.slice(at + 1).trim()
  if (value === '') return null
  if (scheme === 'bearer') return { value, source: 'authorization: bearer' }
  if (scheme !== 'basic' || !passwordLive) return null
  const decoded = Buffer.from(value, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 0) return null
  const password = decoded.slice(colon + 1)
  return password === '' ? null : { value: password, source: 'authorization: basic' }
}

/** One string in several places is one credential. The order is the order of asking (SPEC 2.3). */
export function toCredentials(
  presented: readonly Presented[],
  session: Credential | null,
): readonly Credential[] {
  if (presented.length === 0) return session === null ? NONE : [session]
  const [only] = presented
  if (only !== undefined && presented.length === 1) {
    const credential = credentialOf(only.value, [only.source])
    return session === null ? [credential] : [session, credential]
  }
  const bySource = new Map<string, string[]>()
  for (const { value, source } of presented)
    bySource.set(value, [...(bySource.get(value) ?? []), source])
  const strings = [...bySource].map(([value, sources]) => credentialOf(value, sources))
  if (strings.length > 1) strings.sort((a, b) => RANK[a.class] - RANK[b.class])
  return session === null ? strings : [session, ...strings]
}

function credentialOf(value: string, sources: readonly string[]): Credential {
  return { class: classOf(value), secret: new Secret(value), sources, proof: null }
}

const NONE: readonly Credential[] = []
const RANK: Record<PresentedClass, number> = { session: 0, device: 1, shared: 2, 'api-key': 3 }

/** Its form decides: no string is tried as something else. */
function classOf(value: string): PresentedClass {
  if (value.startsWith('sk-')) return 'api-key'
  return value.startsWith(DEVICE_TOKEN_PREFIX) ? 'device' : 'shared'
}

/** A web session is its cookie and the proof together; the cookie alone is sent by browsers unasked and says nothing. */
export function sessionIn(
  cookies: string | undefined,
  proof: string | undefined,
  source: string,
): Credential | null {
  if (cookies === undefined || proof === undefined || proof === '') return null
  const prefix = `${SESSION_COOKIE}=`
  const cookie = cookies
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
  const value = cookie?.slice(prefix.length) ?? ''
  if (value === '') return null
  return {
    class: 'session',
    secret: new Secret(value),
    sources: [source],
    proof: new Secret(proof),
  }
}
