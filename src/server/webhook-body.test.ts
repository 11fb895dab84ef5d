import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAX_WEBHOOK_BYTES, readWebhookBody, type WebhookBody } from './webhook-body.ts'

const bodies: Promise<WebhookBody>[] = []
const server = createServer((request: IncomingMessage, response) => {
  const body = readWebhookBody(request, { withinMs: 300 })
  bodies.push(body)
  void body.then(() => response.end())
})
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** Writes what is given after the head of a chunked request, and leaves the connection open. */
async function bodyOf(...pieces: readonly (string | Buffer)[]): Promise<WebhookBody> {
  const before = bodies.length
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  for (const piece of pieces) socket.write(piece)
  await expect.poll(() => bodies.length).toBeGreaterThan(before)
  const body = await bodies[before]
  socket.destroy()
  return body as WebhookBody
}

test('is the bytes as they came', async () => {
  const body = await bodyOf('3\r\n', Buffer.from([0x00, 0xff, 0x0a]), '\r\n0\r\n\r\n')
  expect(body).toEqual({ kind: 'bytes', bytes: Buffer.from([0x00, 0xff, 0x0a]) })
})

test('R58: one that never ends is not waited for', async () => {
  expect(await bodyOf('1\r\nx\r\n')).toMatchObject({
    reason: 'invalid_input',
    message: 'the body did not arrive in time',
  })
})

test('R58: one without a length in advance is cut off where it becomes too large', async () => {
  const size = MAX_WEBHOOK_BYTES + 1
  const body = await bodyOf(`${size.toString(16)}\r\n`, Buffer.alloc(size, 'x'))
  expect(body).toMatchObject({ reason: 'body_too_large' })
})
