/** Lessons about guessing: whoever guesses is counted, however they ask, and nobody else pays for it. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusal, TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, makeStateDir, runCli, startGateway, TOKEN } from './gateway.ts'
import type { Ask, RunningGateway } from './gateway.ts'

const PASSWORD = 'correct horse battery staple'
const WRONG = 'wrong horse battery staple'
const KEY = `sk-guessing-${'k3y7'.repeat(8)}`
const WRONG_KEY = `sk-guessing-${'n0n0'.repeat(8)}`
const ATTEMPTS = 3

/** Behind a proxy of its own, so that a test may come from any address. */
const CONFIG = {
  gateway: {
    trustedProxies: ['127.0.0.1'],
    auth: { mode: 'password', password: PASSWORD, rateLimit: { maxAttempts: ATTEMPTS } },
  },
  security: { apiKeys: { enabled: true } },
}
const KEY_FILE = {
  keys: [
    { id: 'k', key_sha256: createHash('sha256').update(KEY).digest('hex'), permissions: ['read'] },
  ],
}
const at = { gateway: {} as RunningGateway, clients: 0 }
const ask = (request: Ask) => at.gateway.ask(request)

function newClient(): string {
  at.clients += 1
  return `198.51.${Math.floor(at.clients / 250)}.${(at.clients % 250) + 1}`
}
const as = (client: string) => ({ 'x-forwarded-for': client })
const basic = (secret: string) => ({
  authorization: `Basic ${Buffer.from(`anyone:${secret}`).toString('base64')}`,
})
const statusOf = async (client: string, headers: object, rest: Ask = {}) =>
  (await ask({ ...rest, headers: { ...as(client), ...headers } })).status

async function connectCode(client: string, auth: object, headers: object = {}): Promise<unknown> {
  const options = { headers: { ...as(client), ...headers }, params: { auth } }
  const one = new TestClient(at.gateway.port, options)
  const { ok, error } = await one.connect(options.params)
  await one.close()
  return ok === true ? 'hello' : (error?.details?.['code'] ?? error?.code)
}

/** Every place that takes a shared secret: `true` lets in, `false` refuses as wrong, `'held'` does not look. */
type Verdict = boolean | 'held'
const SHARED: Readonly<Record<string, (client: string, secret: string) => Promise<Verdict>>> = {
  bearer: async (client, secret) => verdict(await statusOf(client, bearer(secret))),
  basic: async (client, secret) => verdict(await statusOf(client, basic(secret))),
  'x-openclaw-password': async (client, secret) =>
    verdict(await statusOf(client, { 'x-openclaw-password': secret })),
  'x-api-key': async (client, secret) => verdict(await statusOf(client, { 'x-api-key': secret })),
  'login by secret': async (client, secret) =>
    verdict(
      await statusOf(client, {}, { method: 'POST', path: '/api/v1/session', body: { secret } }),
    ),
  'connect.auth.token': async (client, token) => heard(await connectCode(client, { token })),
  'connect.auth.password': async (client, password) =>
    heard(await connectCode(client, { password })),
  'the upgrade of a connect': async (client, secret) =>
    heard(await connectCode(client, {}, bearer(secret))),
}

function verdict(status: number): Verdict {
  if (status === 200 || status === 401) return status === 200
  return status === 429 ? 'held' : expect.fail(`an answer of ${status}`)
}
function heard(code: unknown): Verdict {
  if (code === 'hello') return true
  return code === 'AUTH_RATE_LIMITED' ? 'held' : false
}

beforeAll(async () => {
  at.gateway = await startGateway({
    config: CONFIG,
    files: { 'auth/api_keys.json': JSON.stringify(KEY_FILE) },
  })
})
afterAll(async () => at.gateway.stop())

describe('R28: every place that looks at a secret is behind the one limiter', () => {
  it.each(Object.keys(SHARED))('R28: guesses by %s are counted and held', async (way) => {
    const client = newClient()
    const tryOut = SHARED[way] ?? (() => expect.fail())
    expect(await tryOut(client, PASSWORD)).toBe(true)
    for (let guess = 0; guess < ATTEMPTS; guess += 1)
      expect(await tryOut(client, `${WRONG}${guess}`)).toBe(false)
    for (const other of Object.values(SHARED)) expect(await other(client, PASSWORD)).toBe('held')
  })

  it('R28: all of them count together', async () => {
    const client = newClient()
    const ways = Object.values(SHARED)
    for (const way of ways.slice(0, ATTEMPTS)) expect(await way(client, WRONG)).toBe(false)
    expect(await ways[0]?.(client, PASSWORD)).toBe('held')
  })

  it('R28: API keys have a count of their own', async () => {
    const client = newClient()
    for (const headers of [bearer(WRONG_KEY), { 'x-api-key': WRONG_KEY }])
      expect(await statusOf(client, headers)).toBe(401)
    expect(await connectCode(client, { token: WRONG_KEY })).not.toBe('AUTH_RATE_LIMITED')
    expect(await statusOf(client, bearer(KEY))).toBe(429)
    expect(await statusOf(client, { 'x-api-key': KEY })).toBe(429)
    expect(await connectCode(client, { token: KEY })).toBe('AUTH_RATE_LIMITED')
    expect(await statusOf(client, bearer(PASSWORD))).toBe(200)
  })

  it('R28: so have login links', async () => {
    const client = newClient()
    const login = (link: string) =>
      statusOf(client, {}, { method: 'POST', path: '/api/v1/session', body: { link } })
    const { json } = await ask({
      method: 'POST',
      path: '/api/v1/login-links',
      headers: bearer(PASSWORD),
    })
    const link = /#login=([\w-]+)/.exec(JSON.stringify(json))?.[1] ?? ''
    for (let guess = 0; guess < ATTEMPTS; guess += 1)
      expect(await login(`guess-${guess}`)).toBe(401)
    expect(await login(link)).toBe(429)
    expect(await statusOf(client, bearer(PASSWORD))).toBe(200)
  })

  it('R28: and `auth explain` is no place to try secrets', async () => {
    const client = newClient()
    const opened = await ask({
      method: 'POST',
      path: '/api/v1/session',
      headers: as(client),
      body: { secret: PASSWORD },
    })
    const headers = {
      ...as(client),
      cookie: String(opened.headers['set-cookie']?.[0]).split(';')[0],
      'x-openclaw-session-proof': /"proof":"([^"]+)"/.exec(opened.text)?.[1] ?? '',
    }
    const explain = async (secret: string) => {
      const body = { peer: '203.0.113.77', headers: [`Authorization: Bearer ${secret}`] }
      return (await ask({ method: 'POST', path: '/api/v1/auth/explain', headers, body })).text
    }
    for (let guess = 0; guess < ATTEMPTS; guess += 1)
      expect(await explain(`${WRONG}${guess}`)).toContain('password_mismatch')
    expect(await explain(PASSWORD)).not.toContain('"outcome":"allowed"')
    expect(await statusOf(client, bearer(PASSWORD))).toBe(429)
  })
})

describe('R24: no extra field switches the limiter off', () => {
  const EXTRAS: Readonly<Record<string, object>> = {
    'a device token': { 'x-api-key': `ocd_${'d'.repeat(40)}` },
    'an unknown cookie': { cookie: 'openclaw_session=x', 'x-openclaw-session-proof': 'x' },
    'an API key': { 'x-api-key': WRONG_KEY },
    'a right API key': { 'x-api-key': KEY },
    'no scopes': { 'x-openclaw-scopes': '' },
    'another client': { 'user-agent': 'openclaw-control-ui/9' },
    'a user of a proxy': { 'x-forwarded-user': 'nick' },
    'a Tailscale login': { 'tailscale-user-login': 'nick@example.com' },
    'our own page': { origin: 'http://127.0.0.1', host: '127.0.0.1' },
    'a password beside it': { 'x-openclaw-password': `${WRONG}!` },
  }
  it.each(Object.keys(EXTRAS))('R24: neither over HTTP nor at connect does %s', async (name) => {
    const extra = EXTRAS[name] ?? {}
    const http = newClient()
    const socket = newClient()
    for (let guess = 0; guess < ATTEMPTS; guess += 1) {
      await statusOf(http, { ...extra, ...bearer(`${WRONG}${guess}`) })
      await connectCode(socket, { token: `${WRONG}${guess}` }, extra)
    }
    expect(await statusOf(http, bearer(PASSWORD))).toBe(429)
    expect(await connectCode(socket, { token: PASSWORD })).toBe('AUTH_RATE_LIMITED')
  })

  it('R24: many at once do not outrun it', async () => {
    const client = newClient()
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, guess) => statusOf(client, bearer(`${WRONG}${guess}`))),
    )
    expect(all.filter((status) => status === 401)).toHaveLength(ATTEMPTS)
    expect(all.filter((status) => status === 429)).toHaveLength(40 - ATTEMPTS)
  })
})

describe('R26: one caller is one bucket', () => {
  const ALIASES = [
    ['203.0.113.50', '::ffff:203.0.113.50', '[::ffff:203.0.113.50]:80', '203.0.113.50:4711'],
    ['2001:db8:1:1::1', '2001:db8:1:1::2', '[2001:DB8:1:1:ffff::9]:443', '2001:db8:1:1:0:0:0:1'],
  ]
  it.each(ALIASES)('R26: %s is %s is %s', async (...names) => {
    for (const name of names.slice(0, ATTEMPTS))
      expect(await statusOf(name, bearer(WRONG))).toBe(401)
    for (const name of names) expect(await statusOf(name, bearer(PASSWORD))).toBe(429)
  })

  it('R26: and the neighbours of a network are others', async () => {
    expect(await statusOf('2001:db8:1:2::1', bearer(PASSWORD))).toBe(200)
    expect(await statusOf('203.0.113.51', bearer(PASSWORD))).toBe(200)
  })
})

describe('R27: where a guess is made does not matter', () => {
  it.each([
    { path: '/api/v1/nothing' },
    { path: '/api/v1/whoami', method: 'DELETE' },
    { path: '/api/v1/config', method: 'OPTIONS' },
    { path: '/health', method: 'POST' },
    { path: '/favicon.ico' },
  ])('R27: on $path by $method it is judged and counted (SPEC 2.4)', async (where) => {
    const client = newClient()
    for (let guess = 0; guess < ATTEMPTS; guess += 1)
      expect(await statusOf(client, bearer(WRONG), where)).toBe(401)
    expect(await statusOf(client, bearer(PASSWORD), where)).toBe(429)
    expect(await statusOf(client, bearer(PASSWORD))).toBe(429)
  })

  it('R27: and where nothing is judged, nothing is counted', async () => {
    const client = newClient()
    for (let guess = 0; guess < 3 * ATTEMPTS; guess += 1) {
      expect(await statusOf(client, bearer(WRONG), { path: '/health' })).toBe(200)
      expect(await statusOf(client, bearer(WRONG), { path: '/' })).toBe(200)
      expect(await statusOf(client, { ...bearer(WRONG), origin: 'https://evil.example' })).toBe(403)
      expect(await statusOf(client, {})).toBe(401)
    }
    expect(await statusOf(client, bearer(PASSWORD))).toBe(200)
  })
})

describe('R31: a lock explains itself and ends', () => {
  it('R31: says when, is not prolonged, and leaves other credentials alone', async () => {
    const client = newClient()
    for (let guess = 0; guess < ATTEMPTS; guess += 1)
      await statusOf(client, bearer(`${WRONG}${guess}`))
    const listed = async () => {
      const { json } = await ask({ path: '/api/v1/lockouts', headers: bearer(PASSWORD) })
      const entry = new RegExp(`"address":"${client}","class":"shared","until":(\\d+)`)
      return Number(entry.exec(JSON.stringify(json))?.[1])
    }
    const before = await listed()
    expect(before).toBeGreaterThan(Date.now())

    const { status, headers } = await ask({ headers: { ...as(client), ...bearer(PASSWORD) } })
    const seconds = Number(headers['retry-after'])
    expect([status, Number.isInteger(seconds), seconds > 0, seconds <= 300]).toEqual([
      429,
      true,
      true,
      true,
    ])
    const answer = await refusal(at.gateway.port, {
      headers: as(client),
      params: { auth: { token: PASSWORD } },
    })
    expect(answer).toMatchObject({ retryable: true, details: { code: 'AUTH_RATE_LIMITED' } })
    expect(answer.retryAfterMs).toBeGreaterThan(0)
    // To the second: it is the sum of two clocks.
    expect(await listed()).toBeCloseTo(before, -3)

    expect(await statusOf(client, bearer(KEY))).toBe(200)
    expect(await statusOf(client, {})).toBe(401)
    expect(await statusOf(client, {}, { path: '/health' })).toBe(200)
  })

  it('R31: each counted failure is on the record, with address, class and fingerprint', async () => {
    const quiet = await startGateway({ config: CONFIG })
    for (let guess = 0; guess < ATTEMPTS; guess += 1)
      await quiet.ask({ headers: { ...as('203.0.113.60'), ...bearer(`${WRONG}${guess}`) } })
    const { stdout } = quiet.cli(['logs', 'auth', '--client', '203.0.113.60', '--json'])
    const failures = stdout.split('\n').filter((line) => line.includes('password_mismatch'))
    expect(failures).toHaveLength(ATTEMPTS)
    for (const line of failures)
      expect(line).toMatch(/"class":"shared".*"fingerprint":"hmac:[0-9a-f]{8}"/)
    expect(stdout + quiet.output()).not.toContain(WRONG)
    expect(quiet.output()).toContain('auth locked class=shared client=203.0.113.60')
    await quiet.stop()
  })

  it.each([
    [{ secret: WRONG }, 'password_mismatch', 'shared'],
    [{ link: WRONG }, 'login_link_invalid', 'session'],
  ])('R31: so is a login with %j', async (body, reason, cls) => {
    const quiet = await startGateway({ config: CONFIG })
    const headers = as('203.0.113.61')
    const path = '/api/v1/session'
    expect((await quiet.ask({ method: 'POST', path, headers, body })).status).toBe(401)
    const { stdout } = quiet.cli(['logs', 'auth', '--client', '203.0.113.61', '--json'])
    expect(stdout).toMatch(
      new RegExp(`"class":"${cls}","reason":"${reason}","fingerprint":"hmac:[0-9a-f]{8}"`),
    )
    expect(stdout).not.toContain(WRONG)
    await quiet.stop()
  })
})

describe('R29: a flood', () => {
  it('R29: of 2,000 other addresses frees no lock', async () => {
    const client = newClient()
    for (let guess = 0; guess < ATTEMPTS; guess += 1) await statusOf(client, bearer(WRONG))
    for (let batch = 0; batch < 40; batch += 1) {
      const addresses = Array.from({ length: 50 }, (_, index) => `100.64.${batch}.${index + 1}`)
      await Promise.all(addresses.map((address) => statusOf(address, bearer(WRONG))))
    }
    expect(await statusOf(client, bearer(PASSWORD))).toBe(429)
    expect(await statusOf(newClient(), bearer(PASSWORD))).toBe(200)
  })
})

describe('R30: a limit that never or always holds', () => {
  it.each([
    { maxAttempts: 0 },
    { maxAttempts: 101 },
    { maxAttempts: 2.5 },
    { windowMs: 0 },
    { lockoutMs: -1 },
  ])('R30: is refused at load: %j', (rateLimit) => {
    const dir = makeStateDir({ config: { gateway: { auth: { token: TOKEN, rateLimit } } } })
    const { code, stdout, stderr } = runCli(dir, ['config', 'validate'])
    expect([code, stdout + stderr]).toEqual([
      1,
      expect.stringContaining(`gateway.auth.rateLimit.${Object.keys(rateLimit)[0] ?? ''}`),
    ])
  })

  it('R30: and starts no gateway', async () => {
    const config = { gateway: { auth: { token: TOKEN, rateLimit: { maxAttempts: 0 } } } }
    await expect(startGateway({ config })).rejects.toThrow(/ended with 1/)
  })
})

describe('R25: behind a trusted proxy', () => {
  it('R25: no hop in front of ours may claim to be loopback', async () => {
    for (const claimed of ['127.0.0.9', '::1', '0.0.0.0', '::ffff:127.0.0.9', ''])
      expect([claimed, await statusOf(claimed, bearer(PASSWORD))]).toEqual([claimed, 400])
  })
})
