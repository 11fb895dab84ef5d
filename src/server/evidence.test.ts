import { expect, test } from 'vitest'
import { AddressList, isLoopback } from '../core/address.ts'
import type { Connection } from './connection.ts'
import { evidenceFrom, type NetworkPolicy } from './evidence.ts'
import { SINGLE_HEADERS } from './strict-http.ts'

const trusted = new AddressList(['10.0.0.0/8', '2001:db8::/32', '127.0.0.1'])
const network: NetworkPolicy = {
  isTrusted: (address) => trusted.has(address),
  isOwnInterface: (address) => address === '10.9.9.9',
  userHeader: 'x-user',
  requiredHeaders: ['x-proxy-secret'],
  identityHeaders: new Set(['x-user', 'x-proxy-secret']),
  singleHeaders: new Set([...SINGLE_HEADERS, 'x-user']),
  passwordLive: false,
}

function from(address: string): Connection {
  const end = { address, port: 1 }
  return {
    listener: 'tcp',
    remote: end,
    local: end,
    loopback: isLoopback(address),
    owner: null,
    knownOwner: null,
    presented: null,
  }
}

interface Sent {
  readonly peer?: string
  readonly url?: string
  readonly policy?: NetworkPolicy
}

/** As node:http hands over: names lower-case, lists joined with a comma, single ones once. */
function collect(
  lines: readonly (readonly [string, string])[],
  { peer = '203.0.113.9', url = '/', policy = network }: Sent = {},
) {
  const headers: Record<string, string> = {}
  const all: (readonly [string, string])[] = [['host', 'gateway.example'], ...lines]
  for (const [name] of all)
    headers[name.toLowerCase()] ??= all
      .filter(([other]) => other.toLowerCase() === name.toLowerCase())
      .map(([, each]) => each)
      .join(', ')
  if (!lines.some(([name]) => name === 'host')) headers['host'] = 'gateway.example'
  return evidenceFrom(
    { method: 'GET', url, headers, rawHeaders: all.flat() },
    { connection: from(peer), transport: 'http' },
    policy,
  )
}

const clientOf = (peer: string, ...forwardedFor: readonly string[]): string => {
  const collected = collect(
    forwardedFor.map((value) => ['x-forwarded-for', value] as const),
    { peer },
  )
  return collected.kind === 'evidence' ? collected.evidence.clientAddress : collected.reason
}

test.each([
  ["R25: a stranger's header attributes nothing", '203.0.113.9', ['127.0.0.1'], '203.0.113.9'],
  [
    'the right-most hop that is not ours',
    '10.0.0.1',
    ['1.2.3.4, 198.51.100.7, 10.1.2.3'],
    '198.51.100.7',
  ],
  ['lines in the order they came', '10.0.0.1', ['1.2.3.4', '198.51.100.7'], '198.51.100.7'],
  [
    'R26: a mapped address is its IPv4 address',
    '10.0.0.1',
    ['::ffff:198.51.100.7'],
    '198.51.100.7',
  ],
  ['ports and brackets come off', '10.0.0.1', ['[2001:DB9::1]:443'], '2001:db9::1'],
  ['a port behind IPv4 comes off', '10.0.0.1', ['198.51.100.7:8080'], '198.51.100.7'],
  ['only hops of ours: the peer', '10.0.0.1', ['10.1.1.1, 10.2.2.2'], '10.0.0.1'],
  ['no header: the peer', '10.0.0.1', [], '10.0.0.1'],
  ['a trusted loopback hop is passed', '10.0.0.1', ['198.51.100.7, 127.0.0.1'], '198.51.100.7'],
  [
    'what stands left of the client is not read',
    '10.0.0.1',
    ['garbage, 198.51.100.7'],
    '198.51.100.7',
  ],
  ['a hop that is no address', '10.0.0.1', ['198.51.100.7, garbage'], 'malformed_evidence'],
  ['a blank header', '10.0.0.1', [' '], 'malformed_evidence'],
  ['an empty hop', '10.0.0.1', ['198.51.100.7,,10.0.0.2'], 'malformed_evidence'],
  ['a loopback hop that nobody trusts', '10.0.0.1', ['127.0.0.2'], 'malformed_evidence'],
  ['an unspecified hop', '10.0.0.1', ['0.0.0.0'], 'malformed_evidence'],
  ['an octal look-alike', '10.0.0.1', ['010.0.0.1'], 'malformed_evidence'],
  ['a zone', '10.0.0.1', ['fe80::1%eth0'], 'malformed_evidence'],
  ['33 hops of ours', '10.0.0.1', [Array(33).fill('10.0.0.2').join(',')], 'malformed_evidence'],
  ['32 hops of ours', '10.0.0.1', [Array(32).fill('10.0.0.2').join(',')], '10.0.0.1'],
  [
    'a thousand forged hops left of the client',
    '10.0.0.1',
    [`${Array(1000).fill('x').join(',')},198.51.100.7`],
    '198.51.100.7',
  ],
])('attribution: %s', (_name, peer, header, expected) => {
  expect(clientOf(peer, ...header)).toBe(expected)
})

test.each([
  'x-forwarded-for',
  'Forwarded',
  'X-Real-IP',
  'X-Forwarded-Host',
  'Tailscale-User-Login',
  'CF-Connecting-IP',
  'CDN-Loop',
  'True-Client-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'X-Envoy-External-Address',
  'X-Original-Host',
  'X-Amzn-Trace-Id',
  'Via',
  'X-User',
  'X-Proxy-Secret',
])('R16, R34: %s is forwarding evidence', (name) => {
  const collected = collect([[name, '127.0.0.1']])
  expect(collected.kind === 'evidence' && collected.evidence.forwarding).toEqual([
    name.toLowerCase(),
  ])
})

test.each([
  ['two Host headers', [['Host', 'other.example']]],
  [
    'two Authorization headers',
    [
      ['Authorization', 'Bearer a'],
      ['authorization', 'Bearer b'],
    ],
  ],
  [
    'two Origin headers',
    [
      ['Origin', 'http://a'],
      ['Origin', 'http://a'],
    ],
  ],
  [
    'two X-Real-IP headers',
    [
      ['X-Real-IP', '::1'],
      ['X-Real-IP', '::1'],
    ],
  ],
  [
    'two Tailscale headers',
    [
      ['Tailscale-User-Login', 'a'],
      ['Tailscale-User-Login', 'b'],
    ],
  ],
  [
    'two of the configured user header',
    [
      ['X-User', 'eve'],
      ['x-user', 'nick'],
    ],
  ],
  [
    'length and chunks',
    [
      ['Content-Length', '1'],
      ['Transfer-Encoding', 'chunked'],
    ],
  ],
] as const)('R09: %s are malformed', (_name, headers) => {
  expect(collect(headers)).toMatchObject({ kind: 'malformed', reason: 'malformed_request' })
})

test.each([
  ['http://gateway.example/x', 'evidence'],
  ['http://evil.example/x', 'malformed'],
  ['gateway.example:443', 'malformed'],
  ['*', 'evidence'],
])('R09: the target %s is %s', (url, kind) => {
  expect(collect([], { url }).kind).toBe(kind)
})

test.each(['evil.example@localhost', 'a b', '', 'localhost:port', '[::1', 'localhost:123456'])(
  'R09: "%s" is no Host',
  (host) => {
    const head = { method: 'GET', url: '/', headers: { host }, rawHeaders: ['host', host] }
    expect(
      evidenceFrom(head, { connection: from('127.0.0.1'), transport: 'http' }, network).kind,
    ).toBe('malformed')
  },
)

test('one string in several places is one credential, and its form decides its class', () => {
  const collected = collect([
    ['authorization', 'BEARER same'],
    ['x-openclaw-password', 'same'],
    ['x-api-key', 'sk-key'],
  ])
  const credentials = collected.kind === 'evidence' ? collected.evidence.credentials : []
  expect(credentials.map(({ class: cls, sources }) => [cls, sources])).toEqual([
    ['shared', ['authorization: bearer', 'x-openclaw-password']],
    ['api-key', ['x-api-key']],
  ])
})

test('Basic is a credential only where a password is live', () => {
  const basic: readonly (readonly [string, string])[] = [
    ['authorization', `Basic ${Buffer.from('nginx:pw:with:colons').toString('base64')}`],
  ]
  const presented = (policy: NetworkPolicy) => {
    const collected = collect(basic, { policy })
    return collected.kind === 'evidence'
      ? collected.evidence.credentials.map(({ secret }) => secret.reveal())
      : null
  }
  expect(presented(network)).toEqual([])
  expect(presented({ ...network, passwordLive: true })).toEqual(['pw:with:colons'])
})

test('identity claims of a peer that is no proxy of ours are not read', () => {
  const collected = collect([['x-user', 'nick@example.com']])
  expect(collected.kind === 'evidence' && collected.evidence.claims.proxyUser).toBe('')
})

test('R02: unknown scopes are dropped before anyone sees them; empty is nothing, not everything', () => {
  const scopes = (value: string) => {
    const collected = collect([['x-openclaw-scopes', value]])
    return collected.kind === 'evidence' ? collected.evidence.scopesHeader : null
  }
  expect(scopes('operator.root, operator.read')).toEqual(['operator.read'])
  expect(scopes('')).toEqual([])
})
