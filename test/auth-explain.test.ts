/** What `auth explain` says of a request is what the same request gets, wherever it goes (SPEC 2.10). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearer, REMOTE, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

/** An account that its network calls; what it sends goes nowhere. */
const WHATSAPP = {
  token: 'a'.repeat(40),
  appSecret: 'b'.repeat(32),
  verifyToken: 'c'.repeat(32),
  phoneNumberId: '155500011112222',
  apiBase: 'http://127.0.0.1:9',
}
const running: { gateway: RunningGateway | null } = { gateway: null }

beforeAll(async () => {
  running.gateway = await startGateway({
    config: {
      gateway: {
        auth: { token: TOKEN },
        trustedProxies: ['127.0.0.1'],
        controlUi: { allowedOrigins: ['https://ours.example'] },
      },
      channels: { whatsapp: WHATSAPP },
    },
  })
})

afterAll(() => running.gateway?.stop())

function live(): RunningGateway {
  if (running.gateway === null) throw new Error('no gateway')
  return running.gateway
}

const PATHS = [
  '/health',
  '/readyz',
  '/startup',
  '/health?x=1',
  '/',
  '/index.html',
  '/assets/nothing.js',
  '/api/v1/whoami',
  '/api/v1/whoami?token=x',
  '/api/v1/nowhere',
  '/api/v1/status',
  '/metrics',
  '/webhooks/whatsapp/nobody',
]
const CALLERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'the owner': {},
  'a stranger': REMOTE,
  'a principal': { ...REMOTE, authorization: `Bearer ${TOKEN}` },
  'a page of ours': { ...REMOTE, origin: 'https://ours.example' },
  'a page of theirs': { ...REMOTE, origin: 'https://evil.example' },
}
const ROWS = Object.entries(CALLERS).flatMap(([who, headers]) =>
  PATHS.map((path) => ({ who, path, headers })),
)

test.each(ROWS)('$who at $path', async ({ path, headers }) => {
  const real = await live().ask({ path, headers })
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const said = await live().ask({
    method: 'POST',
    path: '/api/v1/auth/explain',
    headers: bearer(TOKEN),
    body: { path, headers: lines },
  })
  expect(said).toMatchObject({ status: 200, json: { status: real.status } })
})

test.each([
  ['POST', '/api/v1/status'],
  ['DELETE', '/webhooks/whatsapp/default'],
  ['DELETE', '/webhooks/whatsapp/nobody'],
  ['DELETE', '/api/v1/nowhere'],
])('%s at %s: whether the verb is wrong or the path', async (method, path) => {
  const headers = { ...REMOTE, authorization: `Bearer ${TOKEN}` }
  const real = await live().ask({ method, path, headers })
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const said = await live().ask({
    method: 'POST',
    path: '/api/v1/auth/explain',
    headers: bearer(TOKEN),
    body: { method, path, headers: lines },
  })
  expect(said).toMatchObject({ status: 200, json: { status: real.status } })
})

test('a probe and the page say that anybody gets them', async () => {
  const { stdout } = live().cli(['auth', 'explain', '--peer', '203.0.113.9', '--path', '/health'])
  expect(stdout).toMatch(/allowed: HTTP 200\n[^]*probe +accept +answered to anybody/)
})
