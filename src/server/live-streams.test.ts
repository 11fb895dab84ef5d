/** Streams over HTTP, judged again like WebSockets: who stays, who is cut off, and what they hear of it. */
import { request as send } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { KEY } from '../access/rows.fixture.ts'
import { live, NEXT_TOKEN, TOKEN } from '../access/scene.fixture.ts'
import { defineOperation, type Call } from '../operations/types.ts'
import { testGateway } from './websocket/test-gateway.fixture.ts'

let at: Awaited<ReturnType<typeof testGateway>>
const calls: Call[] = []

/** Goes on until its caller is gone, or for good, as an agent that answers does. */
const streams = (name: string, method: 'GET' | 'POST', over: (call: Call) => Promise<void>) =>
  defineOperation({
    name,
    summary: 'Goes on.',
    requires: 'operator.read',
    changes: false,
    http: { method, path: `/api/v1/${name}`, streams: true },
    websocket: false,
    input: z.strictObject({}),
    async run(_input, call) {
      calls.push(call)
      call.emit({ kind: 'changed' })
      await over(call)
      return {}
    },
  })

const keys: { revokedAt: number | null } = { revokedAt: null }

beforeEach(async () => {
  calls.length = 0
  keys.revokedAt = null
  const left = (call: Call) =>
    new Promise<void>((done) => call.signal.addEventListener('abort', () => done()))
  const key = { id: 'k', name: 'k', scopes: ['operator.read'], rateLimit: null } as const
  at = await testGateway({
    policy: { apiKeysEnabled: true },
    access: { apiKeys: { find: () => ({ ...key, expiresAt: null, ...keys }) } },
    operations: [
      streams('test.listen', 'GET', left),
      streams('test.answer', 'POST', () => new Promise(() => {})),
    ],
  })
})
afterEach(() => at.stop())

/** What was heard so far, and whether the answer is over. */
function listen(method: string, path: string, token: string) {
  const heard = { text: '', over: false, leave: () => void asked.destroy(), pause: () => {} }
  const asked = send(
    {
      port: at.port,
      host: '127.0.0.1',
      method,
      path: `/api/v1/${path}`,
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    },
    (response) => {
      heard.pause = () => void response.pause()
      response.on('data', (chunk: Buffer) => (heard.text += chunk.toString()))
      response.once('close', () => (heard.over = true))
    },
  )
  asked.on('error', () => (heard.over = true))
  asked.end()
  return heard
}

test.each([
  ['that listens', 'GET', 'test.listen'],
  ['of an answer', 'POST', 'test.answer'],
])(
  'R44: a stream %s ends with the token that let it in, and hears nothing more',
  async (...row) => {
    const [, method, path] = row
    at.rules.reload({ secrets: [live(TOKEN), live(NEXT_TOKEN)] })
    const old = listen(method, path, TOKEN)
    const next = listen(method, path, NEXT_TOKEN)
    await expect.poll(() => [old.text, next.text].every((text) => text !== '')).toBe(true)

    at.rules.reload({ secrets: [live(NEXT_TOKEN)] })
    await at.surface.judgeAll()
    for (const call of calls) call.emit({ kind: 'changed' })
    await expect.poll(() => old.over).toBe(true)
    await expect.poll(() => next.text.match(/event: changed/g)?.length).toBe(2)
    expect(old.text).toMatch(/event: error\ndata: [^\n]+\n\n$/)
    expect(old.text).toContain('"type":"unauthorized"')
    expect(next).toMatchObject({ over: false, text: expect.not.stringContaining('error') })
  },
)

test('R45: what ends by time alone is asked about by itself', async () => {
  const ofKey = listen('GET', 'test.listen', KEY)
  const ofToken = listen('GET', 'test.listen', TOKEN)
  await expect.poll(() => [ofKey.text, ofToken.text].every((text) => text !== '')).toBe(true)
  keys.revokedAt = 1
  await expect.poll(() => ofKey.over, { timeout: 5_000 }).toBe(true)
  expect(ofToken.over).toBe(false)
})

test('R44: one whose token went while its body was on its way is cut off as it begins', async () => {
  const heard = { text: '', over: false }
  const asked = send(
    {
      port: at.port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/api/v1/test.answer',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        accept: 'text/event-stream',
        'content-type': 'application/json',
        'content-length': 2,
      },
    },
    (response) => {
      response.on('data', (chunk: Buffer) => (heard.text += chunk.toString()))
      response.once('close', () => (heard.over = true))
    },
  )
  asked.on('error', () => (heard.over = true))
  asked.write('{')
  await expect.poll(() => at.uses.length).toBe(1)
  at.rules.reload({ secrets: [live(NEXT_TOKEN)] })
  await at.surface.judgeAll()
  asked.end('}')
  await expect.poll(() => heard.over).toBe(true)
  expect(heard.text).toContain('"type":"unauthorized"')
})

test('one whose caller left is forgotten, and one that is allowed goes on', async () => {
  const asked = listen('GET', 'test.listen', TOKEN)
  await expect.poll(() => asked.text).toContain('changed')
  await at.surface.judgeAll()
  expect([at.streams.size, asked.over]).toEqual([1, false])
  asked.leave()
  await expect.poll(() => at.streams.size).toBe(0)
})

test('one whose caller does not read is cut off all the same, and nothing more is written to it', async () => {
  const asked = listen('GET', 'test.listen', TOKEN)
  await expect.poll(() => asked.text).toContain('changed')
  asked.pause()
  const [call] = calls
  for (let piece = 0; piece < 32; piece++)
    call?.emit({ kind: 'delta', text: 'x'.repeat(1_000_000) })
  at.rules.reload({ secrets: [live(NEXT_TOKEN)] })
  await at.surface.judgeAll()
  call?.emit({ kind: 'changed' })
  await expect.poll(() => call?.signal.aborted, { timeout: 5_000 }).toBe(true)
})

test('one whose caller does not read is not kept in memory without end', async () => {
  const asked = listen('GET', 'test.listen', TOKEN)
  await expect.poll(() => asked.text).toContain('changed')
  asked.pause()
  const [call] = calls
  for (let piece = 0; piece < 64; piece++)
    call?.emit({ kind: 'delta', text: 'x'.repeat(1_000_000) })
  await expect.poll(() => call?.signal.aborted, { timeout: 5_000 }).toBe(true)
})
