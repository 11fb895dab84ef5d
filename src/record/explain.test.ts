import { describe, expect, test } from 'vitest'
import { REASONS } from '../access/reasons.ts'
import type { StoredRequest } from './entries.ts'
import { explain, fixFor } from './explain.ts'
import { refusedEntry, requestEntry } from './record.fixture.ts'
import type { Found } from './read.ts'
import type { RequestEntry } from './types.ts'

function found(
  entry: RequestEntry,
  parts: Partial<Extract<Found, { kind: 'request' }>> = {},
): Found {
  const stored: StoredRequest = {
    ...entry,
    kind: 'request',
    forwarding: [...entry.forwarding],
    failures: [...entry.failures],
    trace: [...entry.trace],
  }
  return { kind: 'request', sequence: 7, entry: stored, change: 'none', changeCode: null, ...parts }
}

test('a refusal names who, from where, every step, the decision and the fix', () => {
  expect(explain(found(refusedEntry('ab-1', { at: 0, origin: 'https://x.example' })))).toBe(
    [
      'Request ab-1 was refused (hmac:89abcdef): token_mismatch',
      '  when        1970-01-01T00:00:00.000Z',
      '  asked for   whoami, over HTTP',
      '  from        203.0.113.9, through 127.0.0.1',
      '  Host        127.0.0.1; Origin https://x.example',
      '  forwarding headers that came: x-forwarded-for',
      'How it was decided:',
      '  local         does not apply: the request was forwarded',
      '  token         refused: token_mismatch, authorization, hmac:89abcdef',
      'Counted as wrong guesses:',
      '  shared hmac:89abcdef: token_mismatch',
      'What to do:',
      `  ${REASONS.token_mismatch.fix}`,
    ].join('\n'),
  )
})

test.each([
  ['of a proxy that was not listed', ['x-forwarded-for'], '10.0.0.5', true],
  ['of one that was', ['x-forwarded-for'], '203.0.113.9', false],
  ['of nobody in between', [], '10.0.0.5', false],
])(
  'R42 a request %s: where everybody counts as the proxy, the setting that changes it is named',
  (_, forwarding, client, named) => {
    const text = explain(found(requestEntry('ab-1', { peer: '10.0.0.5', client, forwarding })))
    expect(text.includes('if that is a proxy of yours, list it in gateway.trustedProxies')).toBe(
      named,
    )
  },
)

test('R43 a user whom Tailscale named while it is off: the setting that changes it is named', () => {
  const nothing = { code: 'nothing_presented', trace: [], forwarding: ['tailscale-user-login'] }
  const words = 'gateway.auth.tailscale "enabled" lets tailnet users in'
  expect(explain(found(refusedEntry('ab-1', nothing)))).toContain(words)
  expect(explain(found(refusedEntry('ab-1', { ...nothing, forwarding: [] })))).not.toContain(words)
  expect(explain(found(refusedEntry('ab-1', { ...nothing, code: 'locked' })))).not.toContain(words)
})

test('an allow names the principal and the method', () => {
  const text = explain(
    found(
      requestEntry('ab-1', { client: '127.0.0.1', host: '', forwarding: [], surface: 'owner' }),
    ),
  )
  expect(text).toContain('Request ab-1 was allowed as shared:token by token (sha256:01234567)\n')
  expect(text).toContain("over the owner's socket")
  expect(text).toContain('from        127.0.0.1\n')
  expect(text).toContain('Host        none; no Origin')
  expect(text).toContain('came: none')
  expect(text).toContain('nothing had to be asked')
  expect(text).not.toContain('What to do')
})

test('an allow beside a wrong guess says what to do about the guess', () => {
  const { failures } = refusedEntry('x')
  expect(explain(found(requestEntry('ab-1', { failures })))).toContain(REASONS.token_mismatch.fix)
})

test.each([
  ['none', null, null],
  ['done', null, 'the change was carried out'],
  ['failed', 'internal_error', 'the change failed: internal_error'],
  ['failed', null, 'the change failed\n'],
  ['open', null, 'the change has no recorded end'],
] as const)('a change that is %s (%s)', (change, changeCode, words) => {
  const text = explain(found(requestEntry('ab-1'), { change, changeCode }))
  if (words === null) expect(text).not.toContain('the change')
  else expect(text).toContain(words)
})

test('what strangers wrote cannot forge lines or command the terminal', () => {
  const text = explain(
    found(refusedEntry('ab-1', { host: 'a\nWhat to do:\u001b[2J', origin: 'b\u202ec' })),
  )
  expect(text).toContain('a?What to do:?[2J; Origin b?c')
})

describe('a request of a summary', () => {
  const entry = {
    kind: 'summary' as const,
    at: 0,
    until: 1000,
    count: 412,
    codes: {},
    clients: { '203.0.113.9': 400 },
    otherClients: 12,
    unlisted: 0,
  }

  test('is told with its code, the crowd it came in, and the fix', () => {
    const text = explain({
      kind: 'summarised',
      sequence: 1,
      requestId: 'ab-1',
      code: 'origin_not_allowed',
      entry,
    })
    expect(text).toContain('Request ab-1 was refused: origin_not_allowed')
    expect(text).toContain('one of 412')
    expect(text).toContain('203.0.113.9 (400), others (12)')
    expect(text).toContain(REASONS.origin_not_allowed.fix)
  })

  test('that was allowed is not called refused', () => {
    const code = 'allowed_despite_token_mismatch'
    const text = explain({
      kind: 'summarised',
      sequence: 1,
      requestId: 'ab-1',
      code,
      entry: { ...entry, otherClients: 0 },
    })
    expect(text).toContain('was allowed, with a wrong guess beside: token_mismatch')
    expect(text).not.toContain('others')
    expect(text).toContain(REASONS.token_mismatch.fix)
  })
})

describe('the fix', () => {
  test('is there for every reason', () => {
    for (const [reason, { fix }] of Object.entries(REASONS)) expect(fixFor(reason)).toBe(fix)
  })

  test('of a reason with what varies is that of the reason', () => {
    expect(fixFor('trusted_proxy_missing_header_x-forwarded-proto')).toBe(
      REASONS.trusted_proxy_missing_header.fix,
    )
    expect(fixFor('something_new')).toBeNull()
  })
})
