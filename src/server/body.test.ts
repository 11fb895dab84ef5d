import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAX_BODY_BYTES, readBody, type Body } from './body.ts'

const bodies: Promise<Body>[] = []
const server = createServer((request: IncomingMessage, response) => {
  const body = readBody(request, request.url === '/stranger' ? 'anybody' : 'principal')
  bodies.push(body)
  void body.then((read) => response.end(JSON.stringify(read)))
})
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function post(
  body: string | Buffer,
  { path = '/', type = 'application/json' } = {},
): Promise<unknown> {
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  })
  return answer.json()
}

test('an object is read, and nothing at all is an empty one', async () => {
  expect(await post('{"a":[1]}')).toEqual({ kind: 'body', value: { a: [1] } })
  expect(await post('')).toEqual({ kind: 'body', value: {} })
})

test.each([
  ['[]', 'a JSON object'],
  ['null', 'a JSON object'],
  ['{"a":', 'not JSON'],
  ['[['.repeat(50_000), 'not JSON'],
  [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'not UTF-8'],
])('%j is refused: %s', async (body, why) => {
  expect(await post(body)).toMatchObject({
    reason: 'invalid_input',
    message: expect.stringContaining(why),
  })
})

test('anything but JSON is refused', async () => {
  expect(await post('{}', { type: 'text/plain' })).toMatchObject({ reason: 'invalid_input' })
})

test('R58: a stranger may send far less than a principal, with and without a length in advance', async () => {
  expect(await post(JSON.stringify({ a: 'x'.repeat(100_000) }))).toMatchObject({ kind: 'body' })
  expect(await post('x'.repeat(MAX_BODY_BYTES + 1))).toMatchObject({ reason: 'body_too_large' })
  expect(await post('x'.repeat(20_000), { path: '/stranger' })).toMatchObject({
    reason: 'body_too_large',
  })
})

test('R58: a body sent byte by byte is one buffer, and its end is told apart from its sender leaving', async () => {
  const { port } = server.address() as AddressInfo
  const send = (tail: string): Promise<Body> => {
    const socket = connect(port, '127.0.0.1')
    const before = bodies.length
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    socket.write(
      Array.from('{"a":"bcd"}')
        .map((byte) => `1\r\n${byte}\r\n`)
        .join(''),
    )
    if (tail === '') socket.destroySoon()
    else socket.write(tail)
    return expect
      .poll(() => bodies[before])
      .toBeDefined()
      .then(() => bodies[before] as Promise<Body>)
  }
  expect(await send('0\r\n\r\n')).toEqual({ kind: 'body', value: { a: 'bcd' } })
  expect(await send('')).toMatchObject({ message: 'the body ended early' })
})
