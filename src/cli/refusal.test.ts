import { describe, expect, it } from 'vitest'
import type { Refusal } from './exchange.ts'
import { noAnswerInWords } from './no-answer.ts'
import { pairAgain, pendingRequest, refusedBy, turnedAway } from './refusal.ts'

const FROM = 'https://gateway.test'
const TOKEN = { name: '--token' }
const AGAIN = 'pair it again'

function words(refusal: Refusal, credential: { name: string } | null = TOKEN): string {
  return noAnswerInWords(refusedBy(refusal, { from: FROM, credential, again: AGAIN }))
}

const connect = (code: string, more: object = {}, rest: Partial<Refusal> = {}): Refusal => ({
  code: 'INVALID_REQUEST',
  message: 'unauthorized: as the gateway says it',
  details: { code, recordId: 'rec-1', ...more },
  ...rest,
})

describe('a refused connect says what to do next (R46)', () => {
  it.each([
    ['AUTH_TOKEN_MISMATCH', connect('AUTH_TOKEN_MISMATCH'), '--token is not its token or password'],
    [
      'AUTH_PASSWORD_MISMATCH',
      connect('AUTH_PASSWORD_MISMATCH'),
      '--token is not its token or password',
    ],
    [
      'AUTH_DEVICE_TOKEN_MISMATCH',
      connect('AUTH_DEVICE_TOKEN_MISMATCH'),
      'is no longer valid there: it was rotated or revoked, or this machine was removed. Give the gateway',
    ],
    [
      'AUTH_RATE_LIMITED',
      connect('AUTH_RATE_LIMITED', {}, { retryAfterMs: 299_000 }),
      'try again in 4m 59s; `openclaw lockouts clear` on its host ends the lock',
    ],
    ['AUTH_RATE_LIMITED', connect('AUTH_RATE_LIMITED'), 'try again later'],
    [
      'PAIRING_REQUIRED',
      connect('PAIRING_REQUIRED', { reason: 'not-paired', requestId: 'p-7' }),
      'this machine is not approved there: on its host, type `openclaw devices approve p-7`',
    ],
    [
      'PAIRING_REQUIRED',
      connect('PAIRING_REQUIRED', { reason: 'scope-upgrade', requestId: 'p-7' }),
      'this machine asks for more than it was approved for: on its host, type `openclaw devices approve p-7`',
    ],
    [
      'PAIRING_REQUIRED',
      connect('PAIRING_REQUIRED', { reason: 'metadata-upgrade' }),
      'this machine changed since it was approved: on its host, see `openclaw devices list`',
    ],
    [
      'PAIRING_REQUIRED',
      connect('PAIRING_REQUIRED', { requestId: 'x`; rm -rf ~' }),
      'on its host, see `openclaw devices list`',
    ],
    [
      'PAIRING_REQUIRED',
      connect('PAIRING_REQUIRED', { remediationHint: 'As many devices wait as may.' }),
      'this machine is not approved there: As many devices wait as may.',
    ],
    ['AUTH_SCOPE_MISMATCH', connect('AUTH_SCOPE_MISMATCH'), '`openclaw devices list` on its host'],
    [
      'PROTOCOL_MISMATCH',
      connect('PROTOCOL_MISMATCH', { expectedProtocol: 3, clientMaxProtocol: 4 }),
      'it speaks version 3 of the protocol, and this command line does not: compare `openclaw',
    ],
    ['PROTOCOL_MISMATCH', connect('PROTOCOL_MISMATCH'), 'it speaks another version of the'],
    [
      'CONTROL_UI_ORIGIN_NOT_ALLOWED',
      connect('CONTROL_UI_ORIGIN_NOT_ALLOWED'),
      'list it in gateway.controlUi.allowedOrigins there',
    ],
    [
      'MISSING_SCOPE',
      connect('MISSING_SCOPE', {}, { message: 'missing scope: operator.admin' }),
      'missing scope: operator.admin, which --token does not hold',
    ],
    ['AUTH_UNAUTHORIZED', connect('AUTH_UNAUTHORIZED'), 'as the gateway says it'],
    ['DEVICE_AUTH_SIGNATURE_INVALID', connect('DEVICE_AUTH_SIGNATURE_INVALID'), 'as the gateway'],
  ])('%s', (code, refusal, said) => {
    const text = words(refusal)
    expect(text).toContain(`the gateway at ${FROM} refused (${code}): `)
    expect(text).toContain(said)
    expect(text).toMatch(/; `openclaw auth why rec-1` explains it$/)
    expect(text).not.toContain('rm -rf')
  })

  it('a device that was let in before hears that this was taken away, not that it must ask', () => {
    const asker = { from: FROM, credential: TOKEN, again: AGAIN, admitted: true }
    const no = refusedBy(connect('PAIRING_REQUIRED', { requestId: 'p-7' }), asker)
    expect(noAnswerInWords(no)).toMatch(
      /no longer valid there: .* with --token -, or pair it again;/,
    )
  })

  it('what to type to be paired again names that gateway, its path too', () => {
    const at = (url: string, thisHost = false) =>
      pairAgain({ kind: 'address', url: new URL(url), credential: null, thisHost })
    expect(at('https://claw.test')).toContain(
      '`openclaw devices pair --url https://claw.test --token -`',
    )
    expect(at('https://claw.test/two/')).toContain('--url https://claw.test/two --token -')
    expect(at('http://127.0.0.1:1', true)).not.toContain('pair')
  })

  it.each([
    'DEVICE_IDENTITY_REQUIRED',
    'AUTH_TOKEN_MISSING',
    'AUTH_PASSWORD_MISSING',
    'AUTH_REQUIRED',
  ])('%s: nothing was shown', (code) => {
    expect(words(connect(code), null)).toContain('`--token -` reads it from standard input')
    expect(words(connect(code))).toContain('as the gateway says it')
  })

  it('without details, what the gateway says; without an id, no command that needs one', () => {
    expect(words({ code: 'UNAVAILABLE', message: 'gateway starting; retry shortly' })).toBe(
      `the gateway at ${FROM} failed (UNAVAILABLE): gateway starting; retry shortly`,
    )
    for (const details of [null, 'x', 7, [], { recordId: 7 }, { recordId: '' }])
      expect(words({ code: 'X', message: 'no', details })).toBe(
        `the gateway at ${FROM} refused (X): no`,
      )
  })
})

describe('a request that waits for approval', () => {
  it('is known by its code, and its id is safe to print', () => {
    const asked = (requestId: unknown) => pendingRequest(connect('PAIRING_REQUIRED', { requestId }))
    expect(asked('p-7')).toBe('p-7')
    for (const unsafe of ['', '-x', '$(id)', 'a b', 'x'.repeat(129), 7, undefined])
      expect(asked(unsafe)).toBeNull()
    expect(pendingRequest(connect('AUTH_TOKEN_MISMATCH'))).toBeNull()
    expect(pendingRequest({ code: 'NOT_PAIRED', message: 'x' })).toBeNull()
  })
})

describe('HTTP in place of a WebSocket', () => {
  const away = (status: number, body: string) => turnedAway(status, body, { from: FROM })
  it('is a refusal of ours when it says so in our words', () => {
    const error = { type: 'malformed', message: 'bad request', requestId: 'r-1' }
    expect(away(400, JSON.stringify({ error }))).toEqual({
      kind: 'refused',
      failed: false,
      code: 'malformed',
      message: 'bad request',
      requestId: 'r-1',
      from: FROM,
    })
  })
  it.each(['', '<html>', '{}', '{"error":"no"}', '[]', 'null'])('else is none: %j', (body) => {
    expect(away(502, body)).toMatchObject({
      kind: 'broken',
      message: expect.stringContaining('is no gateway: HTTP 502'),
    })
  })
})
