/** Requests that no honest client sends, against a running gateway: a fitting answer, and it goes on (SPEC 13). */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { AUTH, CLOSE, head, HOST, post, say, WHOAMI } from './bad-wire.fixture.ts'
import { bearer, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const running: { gateway: RunningGateway | null } = { gateway: null }

beforeAll(async () => {
  running.gateway = await startGateway({ config: { gateway: { auth: { token: TOKEN } } } })
})

afterAll(async () => {
  const gateway = live()
  const { status } = await gateway.ask({})
  const output = gateway.output()
  expect(await gateway.stop()).toBe(0)
  expect(status).toBe(200)
  expect(output).not.toMatch(/^\s+at |went wrong|failed/m)
})

function live(): RunningGateway {
  if (running.gateway === null) throw new Error('no gateway')
  return running.gateway
}

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
const STRANGER = 'X-Forwarded-For: 203.0.113.9\r\n'
const BODY = 'POST /api/v1/session HTTP/1.1'
const UPGRADE = `${HOST}Connection: Upgrade\r\n`
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

type Table = Readonly<Record<string, readonly [expected: number, data: string | Buffer]>>

const MALFORMED: Table = {
  'no Host on HTTP/1.1': [400, head(WHOAMI, AUTH + CLOSE)],
  'no Host on HTTP/1.0': [400, head('GET /api/v1/whoami HTTP/1.0', AUTH)],
  'two Hosts': [400, head(WHOAMI, HOST + HOST + AUTH)],
  'a Host with a space': [400, head(WHOAMI, `Host: a b\r\n${AUTH}`)],
  'two Authorizations': [400, head(WHOAMI, HOST + AUTH + AUTH)],
  'two Origins': [
    400,
    head(WHOAMI, `${HOST}Origin: http://127.0.0.1\r\nOrigin: http://a.example\r\n`),
  ],
  'two X-Real-IP': [
    400,
    head(WHOAMI, `${HOST}${AUTH}X-Real-IP: 1.2.3.4\r\nX-Real-IP: 1.2.3.5\r\n`),
  ],
  'two of a Tailscale header': [
    400,
    head(WHOAMI, `${HOST}Tailscale-User-Login: a\r\ntailscale-user-login: b\r\n`),
  ],
  'two equal Content-Lengths': [
    400,
    head(BODY, `${HOST}Content-Length: 0\r\nContent-Length: 0\r\n`),
  ],
  'two Content-Lengths': [400, head(BODY, `${HOST}Content-Length: 0\r\nContent-Length: 5\r\n`)],
  'an endless Content-Length': [400, head(BODY, `${HOST}Content-Length: ${'9'.repeat(30)}\r\n`)],
  'Content-Length with Transfer-Encoding': [
    400,
    `${head(BODY, `${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`)}0\r\n\r\n`,
  ],
  'a Transfer-Encoding that does not end in chunked': [
    400,
    `${head(BODY, `${HOST}Transfer-Encoding: chunked, identity\r\n`)}0\r\n\r\n`,
  ],
  'an absolute target for another host': [400, head('GET http://evil.example/ HTTP/1.1')],
  'a target that is no path': [400, head('GET whoami HTTP/1.1')],
  'a header folded over two lines': [400, head(WHOAMI, `${HOST}${AUTH}X-A: b\r\n c\r\n`)],
  'a space before the colon': [400, head(WHOAMI, `${HOST}Authorization : Bearer x\r\n`)],
  'bare line feeds': [400, `${WHOAMI}\nHost: 127.0.0.1\n\n`],
  'a NUL in a header': [400, latin(head(WHOAMI, `${HOST}X-Note: a\0b\r\n`))],
  'bytes above ASCII in the path': [400, latin(head('GET /api/\xff\xfe HTTP/1.1'))],
  'an unknown verb': [400, head('BREW / HTTP/1.1')],
  'HTTP/2 in the clear': [400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  'HTTP/3.0': [400, head('GET / HTTP/3.0')],
  'a TLS hello': [400, Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
  'a WebSocket with a bad key': [
    400,
    head(
      'GET / HTTP/1.1',
      `${UPGRADE}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n`,
    ),
  ],
  'a WebSocket of another version': [
    400,
    head('GET / HTTP/1.1', `${UPGRADE}Upgrade: websocket\r\nSec-WebSocket-Version: 7\r\n${KEY}`),
  ],
  'a WebSocket by POST': [
    400,
    head('POST / HTTP/1.1', `${UPGRADE}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${KEY}`),
  ],
  'headers over 16 KiB': [431, head(WHOAMI, `${HOST}X-A: ${'a'.repeat(20_000)}\r\n`)],
  'a path over 16 KiB': [431, head(`GET /${'a'.repeat(60_000)} HTTP/1.1`)],
  'a thousand small headers': [
    431,
    head(WHOAMI, HOST + Array.from({ length: 1500 }, (_, n) => `A${n}: bcdefgh\r\n`).join('')),
  ],
}

test.each(Object.entries(MALFORMED))(
  '%s: one answer that the record explains, then closed',
  async (_, [expected, data]) => {
    const { statuses, text } = await say(live().port, data)
    expect(statuses).toStrictEqual([expected])
    const [, id = 'none'] = /"requestId":"([^"]+)"/.exec(text) ?? []
    const why = await live().ask({ path: `/api/v1/record/${id}`, headers: bearer(TOKEN) })
    expect(why).toMatchObject({ status: 200, json: { text: expect.stringMatching(/was refused/) } })
  },
)

test('what is no request behind one that was answered ends the connection, is recorded and counted', async () => {
  const before = await malformedCount()
  const lines = () =>
    live()
      .output()
      .match(/^auth refused malformed_request/gm)?.length ?? 0
  const said = lines()
  const { statuses } = await say(live().port, `${head(WHOAMI, HOST + AUTH)}\x16\x03 no request`)
  expect(statuses).toStrictEqual([200])
  await vi.waitFor(() => expect(lines()).toBe(said + 1))
  await say(live().port, 'no request')
  expect(await malformedCount()).toBe(before + 2)
})

async function malformedCount(): Promise<number> {
  const { text } = await live().ask({ path: '/metrics', headers: bearer(TOKEN) })
  return Number(/^openclaw_refusals_total\{reason="malformed_request"\} (\d+)$/m.exec(text)?.[1])
}

const NOWHERE = [
  '/api/v1/%2e%2e/v1/whoami',
  '/api/v1/../v1/whoami',
  '/api%2fv1%2fwhoami',
  '/api/v1/whoami%00',
  '/api/v1/%zz',
  '/api/v1/%c0%ae',
  '//api/v1/whoami',
  '/api/v1//whoami',
  '/api/v1/whoami/',
  '/api/v1/whoami.',
  '/API/v1/whoami',
  '/api/v1/whoami;a=b',
  `/api/v1/sessions/${'a'.repeat(9000)}/history`,
  `/${'a'.repeat(15_000)}`,
  '*',
]

test.each(NOWHERE)(
  'R09 %.40s is another path: 404 for a principal, 401 for a stranger',
  async (path) => {
    const known = await say(live().port, head(`GET ${path} HTTP/1.1`))
    expect(known.statuses).toStrictEqual([404])
    const stranger = await say(live().port, head(`GET ${path} HTTP/1.1`, HOST + STRANGER + CLOSE))
    expect(stranger.statuses).toStrictEqual([401])
  },
)

test('R38 a Host with a trailing dot is not localhost: nobody is local by it', async () => {
  for (const host of ['localhost.', '127.0.0.1.', 'localhost.evil.example', '127.0.0.1.nip.io']) {
    const { statuses } = await say(live().port, head(WHOAMI, `Host: ${host}\r\n${CLOSE}`))
    expect(statuses, host).toStrictEqual([401])
  }
})

test('R34 a proxy’s header behind a thousand others counts: nobody is local by it, and a second Authorization is seen', async () => {
  const padding = `${HOST}${CLOSE}${'A:\r\n'.repeat(1_100)}`
  const alone = await say(live().port, head(WHOAMI, padding))
  expect(alone.statuses, 'the owner, without what a proxy adds').toStrictEqual([200])
  const forwarded = await say(live().port, head(WHOAMI, padding + STRANGER))
  expect(forwarded.statuses).toStrictEqual([401])
  const twice = await say(live().port, head(WHOAMI, AUTH + padding + AUTH))
  expect(twice.statuses).toStrictEqual([400])
})

test('an absolute target for the same host is the same request', async () => {
  const target = 'GET http://127.0.0.1/api/v1/whoami HTTP/1.1'
  expect((await say(live().port, head(target))).statuses).toStrictEqual([200])
})

test.each(['TRACE', 'PATCH', 'PUT', 'DELETE'])(
  '%s is no verb here: 405 with Allow',
  async (verb) => {
    const { statuses, text } = await say(live().port, head(`${verb} /api/v1/whoami HTTP/1.1`))
    expect(statuses).toStrictEqual([405])
    expect(text).toMatch(/^Allow: GET, HEAD\r$/m)
    expect(text).not.toContain(TOKEN)
  },
)

test('an upgrade to h2c is not taken: the request is answered as it is', async () => {
  const headers = `${HOST}${AUTH}Connection: Upgrade, close\r\nUpgrade: h2c\r\n`
  expect((await say(live().port, head(WHOAMI, headers))).statuses).toStrictEqual([200])
})

test('CONNECT opens no tunnel', async () => {
  const { text } = await say(live().port, head('CONNECT a.example:443 HTTP/1.1'))
  expect(text).not.toMatch(/^HTTP\/1\.1 2/)
})

const BODIES: Table = {
  'bytes that are no UTF-8': [400, post(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))],
  'no JSON': [400, post('{oops')],
  'a list': [400, post('[1]')],
  'a number': [400, post('5')],
  null: [400, post('null')],
  '100,000 open brackets': [400, post('['.repeat(100_000))],
  '100,000 closed brackets in a key': [
    400,
    post(`{"message":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  ],
  '100,000 objects in a free field': [
    400,
    post(`{"message":"","intent":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)},"x":1}`),
  ],
  'a prototype key': [400, post('{"__proto__":{"admin":true},"message":"hi"}')],
  'plain text': [400, post('{}', 'text/plain')],
  'a type that only begins like JSON': [400, post('{}', 'application/jsonx')],
}

test.each(Object.entries(BODIES))('a body of %s: 400 in words', async (_, [expected, data]) => {
  const { statuses, text } = await say(live().port, data)
  expect(statuses).toStrictEqual([expected])
  expect(text).toMatch(/"message":"(the body|invalid chat\.send)/)
})

test('Expect: 100-continue is answered before the body; another expectation is not acted on', async () => {
  const headers = `${HOST}${AUTH}${CLOSE}Content-Type: application/json\r\nContent-Length: 2\r\n`
  const line = 'POST /api/v1/sessions/s1/messages HTTP/1.1'
  const asked = await say(live().port, `${head(line, `${headers}Expect: 100-continue\r\n`)}{}`)
  expect(asked.statuses).toStrictEqual([100, 400])
  const other = await say(live().port, head(WHOAMI, `${HOST}${AUTH}${CLOSE}Expect: chips\r\n`))
  expect(other.statuses).toStrictEqual([200])
})

test('pipelined requests are judged one by one, in order, and none after a malformed one', async () => {
  const keep = head(WHOAMI, HOST + AUTH)
  const stranger = head(WHOAMI, HOST + STRANGER)
  const two = head(WHOAMI, HOST + HOST)
  expect((await say(live().port, keep + stranger + head(WHOAMI))).statuses).toStrictEqual([
    200, 401, 200,
  ])
  expect((await say(live().port, keep + two + keep)).statuses).toStrictEqual([200, 400])
})

test('bytes above ASCII in a credential are a wrong credential, never a crash', async () => {
  const headers = `${HOST}${STRANGER}${CLOSE}Authorization: Bearer \xff\xc3\xa4\r\n`
  expect((await say(live().port, latin(head(WHOAMI, headers)))).statuses).toStrictEqual([401])
})
