/** What `Set-Cookie` says, and when it may travel over plain http. */
import { describe, expect, it } from 'vitest'
import { Secret } from '../core/secret.ts'
import { cookieHeader, SESSION_COOKIE, type CookieSettings } from './cookies.ts'

const STRICT: CookieSettings = { secure: true, sameSite: 'strict' }
const COOKIE = { name: SESSION_COOKIE, value: new Secret('abc'), maxAgeMs: 90_500 }

function request(scheme: 'http' | 'https' | null, name: string) {
  const browser = { origin: null, site: null, scheme, navigation: false }
  return { browser, host: { name, port: '18789' } }
}

describe('cookieHeader', () => {
  it('is out of reach for scripts and for other sites, and Secure', () => {
    expect(cookieHeader(COOKIE, STRICT, request('https', 'claw.example'))).toBe(
      'openclaw_session=abc; Max-Age=90; Path=/; HttpOnly; SameSite=Strict; Secure',
    )
  })

  it.each(['localhost', '127.0.0.1', '::1'])('is not Secure over http on %s', (name) => {
    expect(cookieHeader(COOKIE, STRICT, request('http', name))).not.toContain('Secure')
  })

  it.each([
    ['http on another address', request('http', '192.168.1.5')],
    ['a name that only begins like loopback', request('http', 'localhost.evil.example')],
    ['https on loopback', request('https', 'localhost')],
    ['a proxy in front, which alone knows the scheme', request(null, 'localhost')],
  ])('is Secure with %s', (_name, from) => {
    expect(cookieHeader(COOKIE, STRICT, from)).toContain('; Secure')
  })

  it('is never Secure when security.session.secure is false', () => {
    const settings: CookieSettings = { secure: false, sameSite: 'lax' }
    const header = cookieHeader(COOKIE, settings, request('http', '192.168.1.5'))
    expect(header).toContain('SameSite=Lax')
    expect(header).not.toContain('Secure')
  })

  it('takes a cookie away by the same name and path', () => {
    const gone = { name: SESSION_COOKIE, value: null, maxAgeMs: 5000 }
    expect(cookieHeader(gone, STRICT, request('http', 'localhost'))).toBe(
      'openclaw_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    )
  })
})
