/** How an operation hands a browser a cookie, and how that is written into `Set-Cookie`. */
import type { Evidence } from '../access/types.ts'
import type { Secret } from '../core/secret.ts'

/** The cookie that a web session lives in. */
export const SESSION_COOKIE = 'openclaw_session'

export interface Cookie {
  readonly name: string
  /** `null` takes the cookie away. */
  readonly value: Secret | null
  /** Not used when the cookie is taken away. */
  readonly maxAgeMs: number
}

/** The HTTP surface sends `body` as the answer and the cookie beside it. */
export class SetsCookie<Body = unknown> {
  readonly cookie: Cookie
  readonly body: Body

  constructor(cookie: Cookie, body: Body) {
    this.cookie = cookie
    this.body = body
  }
}

/** From `security.session`. */
export interface CookieSettings {
  /** `false` sends the cookie over plain http from any address; the default is true. */
  readonly secure: boolean
  readonly sameSite: 'strict' | 'lax' | 'none'
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const

/** The value of one `Set-Cookie` header for whoever sent this request. */
export function cookieHeader(
  { name, value, maxAgeMs }: Cookie,
  settings: CookieSettings,
  request: Pick<Evidence, 'browser' | 'host'>,
): string {
  const seconds = value === null ? 0 : Math.floor(maxAgeMs / 1000)
  const parts = [
    `${name}=${value === null ? '' : value.reveal()}`,
    `Max-Age=${seconds}`,
    'Path=/',
    'HttpOnly',
    `SameSite=${SAME_SITE[settings.sameSite]}`,
  ]
  if (settings.secure && !loopbackHttp(request)) parts.push('Secure')
  return parts.join('; ')
}

/** Browsers drop a Secure cookie that comes over plain http, and on loopback there is nobody to listen. */
function loopbackHttp({ browser, host }: Pick<Evidence, 'browser' | 'host'>): boolean {
  return browser.scheme === 'http' && LOOPBACK_NAMES.has(host.name)
}
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])
