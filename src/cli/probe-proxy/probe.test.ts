/** What a probe sends, and what is said of an address that is served without TLS as well. */
import { describe, expect, test } from 'vitest'
import { judgeProxy } from './judge.ts'
import { shotFor } from './probe.ts'
import type { Arrival, Started } from './types.ts'
import type { Try } from './verdict.ts'

const STARTED: Started = {
  probe: 'p',
  nonces: [],
  path: '/probe/',
  marker: { text: 'probe-1', address: '2001:db8::1' },
  settings: {
    mode: 'trusted-proxy',
    userHeader: 'x-my-user',
    requiredHeaders: ['x-my-secret'],
    assertionHeader: 'x-my-assertion',
    tailscale: false,
  },
}
const HEADERS = { Cookie: 'login=1' }

function shot(name: Parameters<typeof shotFor>[0], url = 'https://claw.example.com') {
  const aim = { url: new URL(url), headers: HEADERS, timeoutMs: 1 }
  return shotFor(name, STARTED, { aim, nonce: 'n1' })
}

describe('a request of a probe', () => {
  test('forges what is configured to name users, as well as what proxies use', () => {
    const { headers, url } = shot('identity') ?? {}
    for (const name of ['x-my-user', 'x-my-secret', 'x-my-assertion', 'Remote-User'])
      expect(headers).toHaveProperty(name, 'probe-1@probe.invalid')
    expect(url?.href).toBe('https://claw.example.com/probe/n1')
  })

  test('carries what the proxy wants, but never without TLS', () => {
    for (const name of ['plain', 'forwarding', 'identity', 'upgrade', 'body'] as const)
      expect(shot(name)?.headers).toMatchObject(HEADERS)
    expect(shot('clear')).toMatchObject({ headers: {} })
    expect(shot('clear')?.headers).toEqual({})
    expect(shot('clear')?.url.href).toBe('http://claw.example.com/probe/n1')
  })

  test('carries a user and a password of the address, but never without TLS', () => {
    const url = 'https://me:hunter2@claw.example.com'
    expect(shot('plain', url)?.url.password).toBe('hunter2')
    expect(shot('clear', url)?.url.href).toBe('http://claw.example.com/probe/n1')
  })

  test('is not tried without TLS where the address has a port of its own, or has none', () => {
    expect(shot('clear', 'https://claw.example.com:8443')).toBeNull()
    expect(shot('clear', 'http://claw.example.com')).toBeNull()
  })
})

const ARRIVAL: Arrival = {
  request: 0,
  transport: 'http',
  names: [],
  forged: [],
  host: 'claw.example.com',
  hops: 1,
  forwarding: ['x-forwarded-for'],
  peer: { address: '10.0.0.9', trusted: true, loopback: false },
  clientAddress: '198.51.100.4',
  malformed: null,
}
const ARRIVED: Try = {
  answer: { kind: 'status', status: 401, location: null },
  arrival: ARRIVAL,
}

function idsWith(clear: Try | null, url = 'https://claw.example.com') {
  const upgrade: Try = { ...ARRIVED, answer: { kind: 'status', status: 101, location: null } }
  const tries = { plain: ARRIVED, forwarding: ARRIVED, identity: ARRIVED, body: ARRIVED, upgrade }
  const probed = { url: new URL(url), settings: STARTED.settings, forgedAddress: '2001:db8::1' }
  return judgeProxy({ ...probed, tries: { ...tries, clear } }).flatMap((one) =>
    one.kind === 'finding' ? [`${one.finding.checkId} ${one.finding.severity}`] : [],
  )
}

test('port 80 that leads to the gateway is found, one that redirects is well', () => {
  expect(idsWith(ARRIVED)).toEqual(['proxy.also_clear warning'])
  const redirect = { kind: 'status', status: 301, location: 'https://claw.example.com' } as const
  expect(idsWith({ answer: redirect, arrival: null })).toEqual([])
  expect(idsWith(null)).toEqual([])
})

test('an address without TLS is a fault on the internet, and for information on a network at home', () => {
  expect(idsWith(null, 'http://claw.example.com')).toEqual(['proxy.no_tls warning'])
  expect(idsWith(null, 'http://192.168.1.5')).toContain('proxy.no_tls info')
})
