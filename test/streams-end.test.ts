/** R44, R45: a page that listens hears nothing more once its credential is gone, whichever that was. */
import { request as send, type OutgoingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { paired, returning } from '../src/server/websocket/pairing.fixture.ts'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, REMOTE, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const NEXT = 'deadbeef'.repeat(8)

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await startGateway({
    config: { gateway: { auth: { mode: 'token', token: TOKEN } } },
  })
})
afterAll(() => gateway.stop())

/** Resolves once the stream has begun. */
async function listen(headers: OutgoingHttpHeaders) {
  const heard = { text: '', over: false }
  const asked = send(
    {
      port: gateway.port,
      host: '127.0.0.1',
      path: '/api/v1/pairing/changes?seconds=300',
      headers: {
        ...REMOTE,
        accept: 'text/event-stream',
        ...headers,
      },
    },
    (response) => {
      response.on('data', (chunk: Buffer) => (heard.text += chunk.toString()))
      response.once('close', () => (heard.over = true))
    },
  )
  asked.on('error', () => (heard.over = true))
  asked.end()
  await expect.poll(() => heard.text, { timeout: 5_000 }).toContain('changed')
  return heard
}

function cli(...args: readonly string[]): string {
  const { code, stdout, stderr } = gateway.cli(args)
  expect(code, stderr).toBe(0)
  return stdout
}

/** A second is what a revocation may take. */
const ended = (heard: { over: boolean }) =>
  expect.poll(() => heard.over, { timeout: 1_000, interval: 20 }).toBe(true)

async function loggedIn(body: object): Promise<OutgoingHttpHeaders> {
  const { headers, json } = await gateway.ask({ method: 'POST', path: '/api/v1/session', body })
  return {
    cookie: String(headers['set-cookie']).split(';')[0] ?? '',
    'x-openclaw-session-proof': String(Object(json).proof),
  }
}

test('a web session that logs out', async () => {
  const headers = await loggedIn({ secret: TOKEN })
  const heard = await listen(headers)
  const out = await gateway.ask({ method: 'DELETE', path: '/api/v1/session', headers })
  expect(out.status).toBe(200)
  await ended(heard)
})

test.each(['remove', 'revoke'])('a device that logged the page in: %s', async (verb) => {
  const one = await paired(gateway.port, { scopes: ['operator.admin'] })
  const client = await admitted(gateway.port, returning(one))
  const { payload } = await client.call('login-link.create', {})
  await client.close()
  const [, link] = /#login=(.+)$/.exec(String(payload?.['url'])) ?? []
  const heard = await listen(await loggedIn({ link }))
  cli('devices', verb, one.device.id, ...(verb === 'revoke' ? ['--role', 'operator'] : []))
  await ended(heard)
})

test('a token that is changed', async () => {
  const heard = await listen(bearer(TOKEN))
  cli('config', 'set', 'gateway.auth.token', NEXT)
  await ended(heard)
})

test('a token whose successor is promoted', async () => {
  const heard = await listen(bearer(NEXT))
  cli('token', 'rotate')
  expect(heard.over).toBe(false)
  cli('token', 'promote', '--force')
  await ended(heard)
})
