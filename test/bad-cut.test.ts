/** Requests of every shape, cut off, reset and mixed at random: the process outlives them all (SPEC 13). */
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AUTH, head, HOST, MESSAGES, WHOAMI } from './bad-wire.fixture.ts'
import { startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const running: { gateway: RunningGateway | null } = { gateway: null }

beforeAll(async () => {
  running.gateway = await startGateway({ config: { gateway: { auth: { token: TOKEN } } } })
})

afterAll(async () => void (await live().stop()))

function live(): RunningGateway {
  if (running.gateway === null) throw new Error('no gateway')
  return running.gateway
}

const STRANGER = `${HOST}X-Forwarded-For: 203.0.113.9\r\nContent-Type: application/json\r\n`
const CHUNKED = 'Transfer-Encoding: chunked\r\n'
const TYPED = `${HOST}${AUTH}Content-Type: application/json\r\n`
const BODY = '{"message":"/help"}'
const LENGTH = `Content-Length: ${BODY.length}\r\n`
const REPLY = 'POST /api/v1/agents/main/messages HTTP/1.1'
const UPGRADE = head(
  'GET / HTTP/1.1',
  `${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`,
)

const SHAPES: Readonly<Record<string, string>> = {
  'a read': head(WHOAMI, HOST + AUTH),
  'the page': head('GET / HTTP/1.1', HOST),
  'a reply': head(REPLY, TYPED + LENGTH) + BODY,
  'a stream': head(REPLY, `${TYPED}Accept: text/event-stream\r\n${LENGTH}`) + BODY,
  'a body in chunks': `${head(`POST ${MESSAGES} HTTP/1.1`, TYPED + CHUNKED)}13\r\n${BODY}\r\n0\r\n\r\n`,
  'a body without an end': `${head('POST /api/v1/session HTTP/1.1', STRANGER + CHUNKED)}${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(20)}`,
  'a broken chunk': `${head('POST /api/v1/session HTTP/1.1', STRANGER + CHUNKED)}zz\r\n`,
  'an expectation': `${head('POST /api/v1/session HTTP/1.1', `${STRANGER}Expect: 100-continue\r\n${LENGTH}`)}${BODY}`,
  'another expectation': head(WHOAMI, `${HOST}${AUTH}Expect: chips\r\n`),
  'a WebSocket': UPGRADE,
  'a frame without a mask': `${UPGRADE}\x81\x05hello`,
  'a frame of nonsense': `${UPGRADE}\xff\xff\xff\xff`,
  'a frame of 2^63 bytes': `${UPGRADE}\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff1234`,
  'a close frame': `${UPGRADE}\x88\x80\0\0\0\0`,
  'an upgrade to something else': UPGRADE.replace('websocket', 'h2c'),
  'an upgrade that is refused': UPGRADE.replace('Version: 13', 'Version: 7'),
  'a tunnel': head('CONNECT a.example:1 HTTP/1.1'),
  'no HTTP at all': 'GARBAGE\r\n\r\n',
}
const ALL = Object.values(SHAPES)

test.each(Object.entries(SHAPES))('%s, hung up on in the middle', async (_, shape) => {
  await attack(150, () => shape)
  await isWell()
})

test('all of them behind one another, with bytes changed', async () => {
  const some = (): string => ALL[any(ALL.length)] ?? ''
  await attack(1500, () => changed(some() + some() + some()))
  await isWell()
})

async function isWell(): Promise<void> {
  expect(live().child.exitCode).toBeNull()
  expect((await live().ask({ headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200)
  expect(live().output()).not.toMatch(/unexpected|^\s+at |\d error /m)
}

const any = (below: number): number => Math.floor(Math.random() * below)

function changed(text: string): string {
  const at = any(text.length)
  return any(4) === 0
    ? text.slice(0, at) + String.fromCodePoint(any(256)) + text.slice(at + 1)
    : text
}

/** So many connections, thirty at a time; each sends a part and leaves in one of four ways. */
async function attack(connections: number, make: () => string): Promise<void> {
  const caller = async (): Promise<void> => {
    for (let n = 0; n < connections / 30; n += 1) await hitAndRun(make())
  }
  await Promise.all(Array.from({ length: 30 }, caller))
}

function hitAndRun(text: string): Promise<void> {
  return new Promise((done) => {
    const socket = connect({ port: live().port, host: '127.0.0.1', allowHalfOpen: any(2) === 0 })
    const leave = (): void => {
      if (socket.destroyed) return
      // A half that is closed can no longer be reset.
      if (any(2) === 0 && !socket.writableEnded) socket.resetAndDestroy()
      else socket.destroy()
    }
    socket.on('error', () => {})
    socket.once('close', () => done())
    socket.once('data', () => any(3) === 0 && leave())
    socket.write(Buffer.from(any(2) === 0 ? text : text.slice(0, any(text.length)), 'latin1'))
    if (any(3) === 0) socket.end()
    socket.once('connect', () => setTimeout(leave, any(30)))
  })
}
