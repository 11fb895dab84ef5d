import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newToken, randomText } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import { createScrubber } from './scrub.ts'

describe('R59: a configured secret', () => {
  const spelled = 'it\'s "quoted" \\ & more?'
  const { scrub, scrubJson } = createScrubber([new Secret(spelled), new Secret('hunter22')])

  test.each([
    ['as it is', spelled],
    ['in JSON', JSON.stringify({ a: spelled })],
    ['in JSON within JSON', JSON.stringify({ a: JSON.stringify({ b: spelled }) })],
    ['in an address', `https://x/?q=${encodeURIComponent(spelled)}`],
    ['in base64', Buffer.from(spelled).toString('base64')],
    ['beside another', `hunter22${spelled}hunter22`],
  ])('is redacted %s', (_, text) => {
    for (const clean of [scrub(text), scrubJson(text)]) {
      expect(clean).toContain('[redacted]')
      expect(clean).not.toMatch(/quoted|hunter22/)
      expect(clean).not.toContain(encodeURIComponent(spelled).slice(0, 12))
    }
  })

  test('stays redacted after a reload that no longer has it', () => {
    const scrubber = createScrubber([new Secret('old-secret')])
    scrubber.learn([new Secret('new-secret')])
    expect(scrubber.scrub('old-secret new-secret')).toBe('[redacted] [redacted]')
  })

  test('that is one of our own words does not make a line unreadable', () => {
    const { scrubJson: own } = createScrubber([new Secret('request'), new Secret('level')])
    expect(own('{"level":"info","kind":"request","msg":"a request"}')).toBe(
      '{"level":"info","kind":"request","msg":"a [redacted]"}',
    )
  })

  test('that contains another is redacted whole', () => {
    const { scrub: both } = createScrubber([new Secret('abcd'), new Secret('abcd-efgh')])
    expect(both('abcd-efgh')).toBe('[redacted]')
  })

  test('of any text reaches no string value of a line, and the line stays JSON with the same names', () => {
    const text = fc.string({ minLength: 4, maxLength: 20, unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, text, (secret, before, after) => {
        const line = `${JSON.stringify({ kind: 'request', count: 1234, msg: before + secret + after, nested: [{ a: secret }] })}\n`
        const clean = createScrubber([new Secret(secret)]).scrubJson(line)
        const parsed = JSON.parse(clean)
        expect(Object.keys(parsed)).toEqual(['kind', 'count', 'msg', 'nested'])
        expect(parsed.kind).toBe('request')
        expect(parsed.count).toBe(1234)
        if (!'[redacted]'.includes(secret)) expect(parsed.nested[0].a).not.toContain(secret)
        expect(clean.endsWith('\n')).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('what looks like a secret', () => {
  const { scrub, scrubJson } = createScrubber()
  const token = newToken()

  test.each([
    ['our tokens', token, token],
    ['32 random bytes in base64url', `session ${'aB3'.repeat(20)}`, 'aB3'],
    ['API keys', 'sk-abcdefghijklmnopqrst', 'abcdefgh'],
    ['signed tokens', 'eyJhbGciOi.eyJzdWIiOiIx.SflKxwRJSMeKKF2Q', 'eyJ'],
    ['bot tokens', '123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc', 'AAEh'],
    ['Authorization headers', 'Authorization: Bearer short1', 'short1'],
    [
      'Authorization headers of any scheme',
      'authorization=Digest user="x", response=abc',
      'response',
    ],
    ['cookies', 'Cookie: a=b; c=d', 'c=d'],
    ['Bearer values without their header', 'got Bearer abc123', 'abc123'],
    ['Basic values without their header', 'got Basic dXNlcjpwYXNz=', 'dXNl'],
    ['secrets in a query', 'GET /x?token=abc&b=1', 'abc'],
    ['login links', 'http://127.0.0.1/#login=abc', 'abc'],
    ['passwords in an address', 'redis://someone:pa-55@host:1/x', 'pa-55'],
    ['passwords without a user', 'cannot reach redis://:pa-55@host', 'pa-55'],
    ['passwords in an address that became a path', '/etc/redis:/someone:pa-55@host', 'pa-55'],
  ])('%s are redacted', (_, text, secret) => {
    expect(scrub(text)).toContain('[redacted]')
    expect(scrub(text)).not.toContain(secret)
    const line = JSON.stringify({ headers: { msg: text }, raw: JSON.stringify({ text }) })
    const clean = scrubJson(line)
    expect(() => JSON.parse(clean)).not.toThrow()
    expect(clean).not.toContain(secret)
  })

  test('a header is known by its name in a line of JSON, and what is no text stays', () => {
    const line = {
      headers: { Authorization: 'Digest abc', 'Set-Cookie': 'a=b' },
      cookie: true,
      n: 1,
    }
    expect(JSON.parse(scrubJson(JSON.stringify(line)))).toEqual({
      headers: { Authorization: '[redacted]', 'Set-Cookie': '[redacted]' },
      cookie: true,
      n: 1,
    })
  })

  test('what is no JSON is scrubbed as text', () => {
    expect(scrubJson(`{ ${token}`)).toBe('{ [redacted]')
  })

  test('a run is found wherever it stands', () => {
    for (let before = 0; before < 70; before += 1) {
      const text = `${'.'.repeat(before)}${token}.${'x'.repeat(before)} ${token}`
      expect(scrub(text)).not.toContain(token.slice(0, 32))
    }
    expect(scrub(`${randomText(8)}.`)).not.toContain('[redacted]')
  })

  test.each([
    'request 0123456789ab-1z refused token_mismatch sha256:01234567',
    'trusted_proxy_local_interface_source and trusted_proxy_missing_header_x-forwarded-proto',
    'gateway.auth.rateLimit.maxAttempts is 10',
    'Basic authentication is off; the bearer of this',
    '2026-11-20T23:00:00.000Z 203.0.113.9 2001:db8::1',
    '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
    'hmac:01234567 from authorization: bearer and connect.auth.token, unknown',
    '{"detail":"hmac:01234567 from authorization: bearer"}',
  ])('%s stays readable', (text) => {
    expect(scrub(text)).toBe(text)
    expect(scrubJson(text)).toBe(text)
  })
})
