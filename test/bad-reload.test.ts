/** What goes wrong under a running gateway's files, and while it stops: the old stays until the new is valid (SPEC 1). */
import { connect } from 'node:net'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import { AUTH, head, HOST, MESSAGES } from './bad-wire.fixture.ts'
import { bearer, REMOTE, startGateway, TOKEN, type RunningGateway, type Setup } from './gateway.ts'

const OTHER = 'deadbeef'.repeat(8)
const KEY = 'sk-dev-abcdefghijklmnopqrstuvwxyz0987654321'

async function running(setup: Setup = {}): Promise<RunningGateway> {
  const gateway = await startGateway({
    config: { gateway: { auth: { token: TOKEN } } },
    ...setup,
  })
  onTestFinished(async () => void (gateway.child.exitCode === null && (await gateway.stop())))
  return gateway
}

function write({ dir }: RunningGateway, text: string, name = 'openclaw.json'): void {
  writeFileSync(join(dir, name), text, { mode: 0o600 })
}

const withToken = (token: string): string =>
  JSON.stringify({ gateway: { auth: { token } } }, null, 2)

async function statusOf(gateway: RunningGateway, secret: string): Promise<number> {
  return (await gateway.ask({ headers: { ...bearer(secret), ...REMOTE } })).status
}

test.each([
  ['broken', '{\n  gateway: {,\n}\n', /openclaw\.json:2/],
  ['empty', '', /openclaw\.json/],
  ['wrong', '{ gateway: { auth: { token: 7 } } }', /gateway\.auth\.token/],
  ['refused at a start', '{ store: { url: "postgres://a/b" } }', /store\.url/],
  ['without a variable', '{ gateway: { auth: { token: "${NOPE_TOKEN}" } } }', /NOPE_TOKEN/],
])(
  'a config that becomes %s: the old stays, the file too; repaired, the new applies',
  async (_, text, says) => {
    const gateway = await running()
    const client = await admitted(gateway.port, { params: { auth: { token: TOKEN } } })
    onTestFinished(() => client.close())
    write(gateway, text)
    await expect.poll(() => gateway.output(), { timeout: 5000 }).toMatch(says)
    expect(gateway.output()).not.toMatch(/^\s+at /m)
    expect(readFileSync(join(gateway.dir, 'openclaw.json'), 'utf8')).toBe(text)
    expect(await statusOf(gateway, TOKEN)).toBe(200)
    expect((await client.call('health')).ok).toBe(true)

    write(gateway, withToken(OTHER))
    await expect.poll(() => statusOf(gateway, OTHER), { timeout: 5000, interval: 200 }).toBe(200)
    expect(await statusOf(gateway, TOKEN)).toBe(401)
    expect((await client.closed).code).toBe(4001)
  },
)

test('a config that is deleted and made again: never open, never down', async () => {
  const gateway = await running()
  rmSync(join(gateway.dir, 'openclaw.json'))
  await expect.poll(() => gateway.output(), { timeout: 5000 }).toMatch(/not applied|applied/)
  expect((await gateway.ask({ headers: REMOTE })).status).toBe(401)
  expect(await statusOf(gateway, TOKEN)).toBe(200)
  write(gateway, withToken(OTHER))
  await expect.poll(() => statusOf(gateway, OTHER), { timeout: 5000, interval: 200 }).toBe(200)
  expect(await statusOf(gateway, TOKEN)).toBe(401)
})

test('SIGHUP reads again, twenty times in a row under requests, without a dropped one', async () => {
  const gateway = await running()
  const asked = Array.from({ length: 100 }, async (_, n) => {
    if (n % 5 === 0) gateway.child.kill('SIGHUP')
    return (await gateway.ask({ headers: { ...bearer(TOKEN), ...REMOTE } })).status
  })
  expect(new Set(await Promise.all(asked))).toStrictEqual(new Set([200]))
})

test('a broken API key file: the old keys stay, repaired ones apply', async () => {
  const keys = (key: string): string =>
    JSON.stringify({
      keys: [
        {
          id: 'dev-key-1',
          key,
          name: 'Dev',
          permissions: ['read'],
          created_at: '2026-02-13T00:00:00.000Z',
          expires_at: null,
          rate_limit: 100,
        },
      ],
    })
  const gateway = await running({
    config: {
      gateway: { auth: { token: TOKEN } },
      security: { apiKeys: { enabled: true, file: 'auth/api_keys.json' } },
    },
    files: { 'auth/api_keys.json': keys(KEY) },
  })
  expect(await statusOf(gateway, KEY)).toBe(200)
  write(gateway, '{"keys":[\noops', 'auth/api_keys.json')
  await expect.poll(() => gateway.output(), { timeout: 5000 }).toMatch(/api_keys\.json line 2/)
  expect(await statusOf(gateway, KEY)).toBe(200)
  const next = `${KEY}-next`
  write(gateway, keys(next), 'auth/api_keys.json')
  await expect.poll(() => statusOf(gateway, next), { timeout: 5000, interval: 200 }).toBe(200)
  expect(await statusOf(gateway, KEY)).toBe(401)
})

test('SIGTERM while a request is on its way: it is answered, new callers are refused, exit 0', async () => {
  const gateway = await running()
  const body = JSON.stringify({ message: '/help', idempotencyKey: 'drain-1' })
  const length = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`
  const socket = connect({ port: gateway.port, host: '127.0.0.1' })
  const heard = { text: '' }
  socket.on('data', (chunk: Buffer) => (heard.text += chunk.toString()))
  const line = 'POST /api/v1/agents/main/messages HTTP/1.1'
  const accept = 'Accept: text/event-stream\r\n'
  socket.write(head(line, HOST + AUTH + accept + length) + body.slice(0, 5))
  // The gateway has the head of the request: it answers others that came later.
  await gateway.ask({})
  gateway.child.kill('SIGTERM')
  await expect
    .poll(
      () =>
        gateway.ask({}).then(
          () => 'served',
          (error: { code?: string }) => error.code,
        ),
      { timeout: 5000 },
    )
    .toBe('ECONNREFUSED')
  const closed = once(socket, 'close')
  socket.write(body.slice(5))
  await closed
  expect(heard.text).toMatch(/^HTTP\/1\.1 (200|503)/)
  if (heard.text.startsWith('HTTP/1.1 200')) expect(heard.text).toMatch(/event: (done|error)/)
  await expect.poll(() => gateway.child.exitCode, { timeout: 15_000 }).toBe(0)
})

test('SIGTERM with an idle keep-alive, an idle WebSocket and an unfinished request: exit 0 in time', async () => {
  const gateway = await running()
  const idle = connect({ port: gateway.port, host: '127.0.0.1' })
  idle.on('error', () => {})
  idle.write(head('GET /api/v1/whoami HTTP/1.1', HOST + AUTH))
  await once(idle, 'data')
  const stuck = connect({ port: gateway.port, host: '127.0.0.1' })
  stuck.on('error', () => {})
  stuck.write(`POST ${MESSAGES} HTTP/1.1\r\n${HOST}`)
  const client = await admitted(gateway.port, { params: { auth: { token: TOKEN } } })
  const goodbye = client.event('shutdown')
  gateway.child.kill('SIGTERM')
  expect((await goodbye).type).toBe('event')
  expect((await client.closed).code).toBe(1012)
  await expect.poll(() => gateway.child.exitCode, { timeout: 15_000 }).toBe(0)
})
