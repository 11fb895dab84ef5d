import { connect } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, refusal, REMOTE, TestClient } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

/** What the gateway writes back to these lines. */
async function raw(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {})
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks).toString()
}

const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

describe('an upgrade that is refused', () => {
  it.each([
    {
      name: 'two Authorization headers',
      lines: [...UPGRADE, 'Authorization: a', 'Authorization: b'],
    },
    { name: 'two Origins', lines: [...UPGRADE, 'Origin: http://a', 'Origin: http://b'] },
    { name: 'a Host that is none', lines: UPGRADE.with(1, 'Host: a b') },
    { name: 'a key that is none', lines: UPGRADE.with(5, 'Sec-WebSocket-Key: short') },
    { name: 'an old version', lines: UPGRADE.with(4, 'Sec-WebSocket-Version: 7') },
    { name: 'another verb', lines: UPGRADE.with(0, 'POST / HTTP/1.1') },
  ])('for $name hears 400 in JSON and is closed', async ({ lines }) => {
    const gateway = await start()
    const answer = await raw(gateway.port, lines)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(answer).toContain('X-Content-Type-Options: nosniff\r\n')
    expect(answer).toContain('X-Test: yes\r\n')
    expect(answer).toContain('Connection: close\r\n')
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
    expect(body).toMatchObject({ error: { type: 'bad_request', code: 'malformed_request' } })
    expect(gateway.written).toMatchObject([
      {
        operation: 'connect',
        surface: 'websocket',
        outcome: 'refused',
        requestId: body.error.requestId,
      },
    ])
  })

  it('for another protocol is an ordinary request', async () => {
    const gateway = await start()
    const answer = await raw(gateway.port, [
      ...UPGRADE.with(3, 'Upgrade: h2c'),
      'X-Forwarded-For: 203.0.113.9',
      'Connection: close',
    ])
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
  })

  it('for a hop behind our proxy that is no address hears 400', async () => {
    const gateway = await start({ trustedProxies: ['127.0.0.1'] })
    const client = new TestClient(gateway.port, { headers: { 'x-forwarded-for': 'nobody' } })
    const { status, body } = await client.upgraded
    expect(status).toBe(400)
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'malformed_evidence' } })
  })

  it.each(['token', 'access_token', 'Password', 'api_key', 'key', 'deviceToken'])(
    'for a secret in the query as %s hears 400, and the record does not keep it (R40)',
    async (name) => {
      const gateway = await start()
      const client = new TestClient(gateway.port, { path: `/ws?a=1&${name}=${TOKEN}` })
      const { status, body } = await client.upgraded
      expect(status).toBe(400)
      expect(body).toContain('credential_in_query')
      expect(JSON.stringify([gateway.written, gateway.logged, body])).not.toContain(TOKEN)
    },
  )
})

it('an upgrade that fails leaves no slot taken (R33)', async () => {
  const gateway = await start({ trustedProxies: ['127.0.0.1'], limits: { waitingPerClient: 1 } })
  const lines = UPGRADE.with(5, 'Sec-WebSocket-Key: short')
  for (let n = 0; n < 3; n += 1) {
    const answer = await raw(gateway.port, [...lines, 'X-Forwarded-For: 203.0.113.9'])
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    await vi.waitFor(() => expect(gateway.caps.waiting).toBe(0))
  }
})

describe('an upgrade that could not be refused', () => {
  it('for a lock: that is answered at connect (SPEC 2.10)', async () => {
    const gateway = await start({ guesses: { maxAttempts: 1 } })
    const wrong = { params: { auth: { token: 'x' } }, headers: REMOTE }
    await refusal(gateway.port, wrong)
    const locked = await refusal(gateway.port, wrong)
    expect(locked.details).toMatchObject({ code: 'AUTH_RATE_LIMITED' })
  })

  it('gets no extension and no subprotocol, whatever it offers', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port)
    expect(client.socket.extensions).toBe('')
    expect(client.socket.protocol).toBe('')
  })
})
