/** Callers that send too much, too slowly or too often: bounded in bytes, time and sockets, and the rest go on (R33, R58). */
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  AUTH,
  CLOSE,
  head,
  HOST,
  memoryOf,
  MESSAGES,
  post,
  pour,
  say,
  talk,
  WHOAMI,
} from './bad-wire.fixture.ts'
import { startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const running: { gateway: RunningGateway | null } = { gateway: null }

beforeAll(async () => {
  running.gateway = await startGateway({ config: { gateway: { auth: { token: TOKEN } } } })
})

afterAll(async () => {
  const { status } = await live().ask({})
  expect(await live().stop()).toBe(0)
  expect(status).toBe(200)
})

function live(): RunningGateway {
  if (running.gateway === null) throw new Error('no gateway')
  return running.gateway
}

const BLOCK = 'x'.repeat(65_536)
const HUNDRED_MIB = 1600
const JSON_BODY = 'Content-Type: application/json\r\n'

const ENDLESS: Readonly<Record<string, readonly [first: string, chunk: string]>> = {
  'one header': [`${WHOAMI}\r\n${HOST}X-A: `, BLOCK],
  'many headers': [`${WHOAMI}\r\n${HOST}`, `X-A: ${'x'.repeat(1000)}\r\n`.repeat(64)],
  'a path': ['GET /', BLOCK],
  'a verb': ['G', BLOCK],
  trailers: [
    head(
      `POST ${MESSAGES} HTTP/1.1`,
      `${HOST}${AUTH}${JSON_BODY}Transfer-Encoding: chunked\r\n`,
    ).concat('0\r\n'),
    `X-A: ${'x'.repeat(1000)}\r\n`.repeat(64),
  ],
  'a chunk extension': [
    head(
      `POST ${MESSAGES} HTTP/1.1`,
      `${HOST}${AUTH}${JSON_BODY}Transfer-Encoding: chunked\r\n`,
    ).concat('1;'),
    BLOCK,
  ],
}

test.each(Object.entries(ENDLESS))(
  '%s of 100 MB: cut off early, memory flat',
  async (_, [first, chunk]) => {
    const before = memoryOf(live())
    const { statuses, sent } = await talk(live().port, (socket) =>
      pour(socket, first, chunk, HUNDRED_MIB),
    )
    expect(sent).toBeLessThan(20 * 1024 * 1024)
    for (const status of statuses) expect([400, 431]).toContain(status)
    expect(memoryOf(live()) - before).toBeLessThan(64)
    expect((await live().ask({})).status).toBe(200)
  },
)

const LENGTH = 'Content-Length: 104857600\r\n'

test.each([
  ['by length', LENGTH, BLOCK],
  ['in chunks', 'Transfer-Encoding: chunked\r\n', `10000\r\n${BLOCK}\r\n`],
])(
  'R58 a body over the cap, %s: one answer, at once, and the connection ends',
  async (_, how, chunk) => {
    const before = memoryOf(live())
    const first = head(`POST ${MESSAGES} HTTP/1.1`, `${HOST}${AUTH}${JSON_BODY}${how}`)
    const answer = await talk(live().port, (socket) => pour(socket, first, chunk, HUNDRED_MIB))
    expect(answer.statuses.length).toBeLessThan(2)
    for (const status of answer.statuses) expect([400, 413]).toContain(status)
    expect(answer.sent).toBeLessThan(30 * 1024 * 1024)
    expect(answer.ms).toBeLessThan(8000)
    expect(memoryOf(live()) - before).toBeLessThan(64)
  },
)

test('R58 a body just over the cap is refused in words', async () => {
  const { statuses, text } = await say(live().port, post(`{"message":"${'x'.repeat(1_100_000)}"}`))
  expect(statuses.length).toBe(1)
  expect([400, 413]).toContain(statuses[0])
  expect(text).toContain('1048576')
})

test('R33 silence, half a line, a slow header, a slow WebSocket: each ends within its time', async () => {
  const drip = (first: string, more: string, everyMs: number) => (socket: Socket) => {
    socket.write(first)
    const timer = setInterval(() => socket.write(more), everyMs)
    socket.once('close', () => clearInterval(timer))
  }
  const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n`
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
  const { port } = live()
  const refusals = () => live().output().split('auth refused malformed_request').length
  const before = refusals()
  const [silent, half, slow, mute] = await Promise.all([
    talk(port, () => {}),
    talk(port, (socket) => socket.write('GET /')),
    talk(port, drip(`${WHOAMI}\r\n`, 'X-A: b\r\n', 300)),
    say(port, head('GET / HTTP/1.1', HOST + upgrade + key)),
  ])
  for (const { statuses, ms } of [half, slow]) {
    expect(statuses).toStrictEqual([408])
    expect(ms).toBeLessThan(15_000)
  }
  // Browsers connect beforehand: what never was a request is answered by nothing, and nobody's refusal.
  expect(silent.text).toBe('')
  expect(silent.ms).toBeLessThan(15_000)
  expect(refusals()).toBe(before + 2)
  expect(mute.statuses).toStrictEqual([101])
  expect(mute.ms).toBeLessThan(15_000)
})

test('a peer that closes its half in the middle of a request is let go', async () => {
  const { ms } = await talk(live().port, (socket) => socket.end('GET / HT'))
  expect(ms).toBeLessThan(5000)
})

test('R33 2,600 idle connections from one address: bounded, and another caller is served', async () => {
  const sockets: Socket[] = []
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  const gone = { count: 0 }
  for (let batch = 0; batch < 26; batch += 1) {
    const opened = Array.from({ length: 100 }, () => {
      const socket = connect({ port: live().port, host: '127.0.0.1', localAddress: '127.0.0.77' })
      socket.on('error', () => {})
      socket.on('close', () => (gone.count += 1))
      sockets.push(socket)
      return once(socket, 'connect').catch(() => null)
    })
    await Promise.all(opened)
    expect((await live().ask({})).status).toBe(200)
  }
  await expect.poll(() => 2600 - gone.count, { timeout: 5000 }).toBeLessThanOrEqual(2048 + 64)
  expect((await live().ask({ headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200)
  expect(live().cli(['status']).code).toBe(0)
})

test('callers who hang up in the middle of their own answers leave nothing behind', async () => {
  const request = head(WHOAMI, HOST + AUTH + CLOSE)
  const hangUps = Array.from({ length: 200 }, async (_, n) => {
    const socket = connect({ port: live().port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.write(request.slice(0, n % 2 === 0 ? request.length : n))
    await once(socket, 'connect')
    socket.resetAndDestroy()
  })
  await Promise.all(hangUps)
  expect((await live().ask({})).status).toBe(200)
  expect(live().output()).not.toMatch(/failed|^\s+at /m)
})
