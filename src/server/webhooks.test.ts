import { connect, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TOKEN } from '../access/scene.fixture.ts'
import { makeServer } from './listen.ts'
import { LiveStreams } from './live-streams.ts'
import { NO_PAGES } from './pages.ts'
import { makeRoutes } from './routes.ts'
import { WebhookLimits } from './webhook-limits.ts'
import { MAX_WEBHOOK_BYTES } from './webhook-body.ts'
import { HOOK, SIGNATURE, VERIFY, webhookGateway } from './webhook.fixture.ts'

const BEARER = { authorization: `Bearer ${TOKEN}` }

let at: Awaited<ReturnType<typeof webhookGateway>>
beforeEach(async () => {
  at = await webhookGateway()
})
afterEach(() => at.stop())

const codeIn = (text: string): string =>
  (JSON.parse(text) as { error: { code: string } }).error.code

describe('a delivery', () => {
  test('reaches its account as the bytes that came, and is answered as the network wants it', async () => {
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x7d])
    const { status, text, headers } = await at.deliver(body)
    expect([status, text]).toEqual([200, ''])
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-test': 'yes' })
    expect(at.account.taken).toEqual([body])
  })

  test('is recorded once with its account, and counted when more come like it', async () => {
    await at.deliver('{}')
    await at.deliver('{}')
    expect(at.written).toMatchObject([
      {
        operation: 'webhook.whatsapp',
        outcome: 'allowed',
        subject: 'account=default',
        client: '203.0.113.9',
        principal: null,
        code: null,
      },
    ])
    expect(at.folded).toEqual(['whatsapp:default 203.0.113.9 webhook.whatsapp'])
  })

  test('R57: what belongs to one account is never tried on another', async () => {
    at.accounts.set('whatsapp second', { take: async () => ({ kind: 'forged' }) })
    expect((await at.deliver('{}', SIGNATURE, { path: '/webhooks/whatsapp/second' })).status).toBe(
      401,
    )
    expect(at.account.compared).toBe(0)
  })

  test('that cannot be read is 400, and one that cannot be kept 503, so that it comes again', async () => {
    expect((await at.deliver('unreadable')).status).toBe(400)
    at.account.failure = new Error('the disk is full')
    const { status, text } = await at.deliver('{"text":"private words"}')
    expect([status, codeIn(text)]).toEqual([503, 'webhook_not_taken'])
    expect(at.logged).toEqual([expect.stringContaining('webhook.whatsapp (default) failed')])
    expect(text + at.logged.join('')).not.toContain('private words')
    at.account.failure = null
    expect((await at.deliver('{}')).status).toBe(200)
    expect(at.throttle.list()).toEqual([])
  })

  test('from a page on a foreign origin is refused, rightly signed or not', async () => {
    const headers = { origin: 'https://evil.example' }
    expect((await at.deliver('{}', SIGNATURE, { headers })).status).toBe(403)
    expect(at.account.compared).toBe(0)
  })
})

describe('a path', () => {
  test('R41: without an account is for strangers like any unknown path, whatever they bring', async () => {
    const known = await at.ask({ path: '/no/such/thing' })
    for (const path of [
      '/webhooks/whatsapp/nobody',
      '/webhooks/telegram/default',
      '/webhooks/whatsapp',
      '/webhooks/whatsapp/default/',
      '/webhooks/whatsapp/Default',
      '/webhooks/whatsapp/d%65fault',
      '/webhooks//whatsapp/default',
      '/WEBHOOKS/whatsapp/default',
    ]) {
      const { status, text, headers } = await at.deliver('{}', SIGNATURE, { path })
      expect([path, status]).toEqual([path, known.status])
      expect(codeIn(text)).toBe(codeIn(known.text))
      expect(headers['www-authenticate']).toBe(known.headers['www-authenticate'])
    }
    expect(at.account.compared).toBe(0)
    const { status, text } = await at.ask({})
    expect([status, codeIn(text)]).toEqual([known.status, codeIn(known.text)])
  })

  test('without an account is 404 to principals, and one with another verb 405', async () => {
    const headers = BEARER
    expect((await at.ask({ path: '/webhooks/whatsapp/nobody', headers })).status).toBe(404)
    const wrong = await at.ask({ method: 'PUT', headers })
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, POST'])
  })

  test('of a webhook is none on the nodes’ port', async () => {
    const server = makeServer({
      listener: 'bridge',
      surface: {
        gateway: at.gateway,
        routes: makeRoutes([]),
        pages: NO_PAGES,
        caps: at.caps,
        webhookLimits: new WebhookLimits(),
        witness: { see: () => {} },
        streams: new LiveStreams(),
      },
      onUpgrade: () => {},
    })
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    expect((await at.deliver('{}', SIGNATURE, { port })).status).toBe(401)
    expect((await at.handshake(VERIFY, { port })).status).toBe(401)
    expect(at.account.compared).toBe(0)
    server.closeAllConnections()
    server.close()
  })

  test('R27: a wrong verb or account counts no guess of a signature', async () => {
    for (let n = 0; n < 5; n += 1) {
      await at.deliver('{}', 'wrong', { method: 'PUT' })
      await at.deliver('{}', 'wrong', { method: 'DELETE' })
      await at.deliver('{}', 'wrong', { path: '/webhooks/whatsapp/nobody' })
      await at.handshake('wrong', { method: 'HEAD' })
    }
    expect(at.account.compared).toBe(0)
    expect(at.throttle.list()).toEqual([])
  })
})

describe('R28: a forged signature', () => {
  test('R28: is counted against its address in a class of its own, and recorded without it', async () => {
    const { status, text, headers } = await at.deliver('{}', 'a-forged-signature')
    expect([status, codeIn(text)]).toEqual([401, 'unauthorized'])
    expect(headers['www-authenticate']).toBe('Bearer')
    const failure = { class: 'webhook', reason: 'webhook_forged', fingerprint: 'signature' }
    expect(at.written).toMatchObject([
      {
        operation: 'webhook.whatsapp',
        outcome: 'refused',
        code: 'webhook_forged',
        failures: [failure],
      },
    ])
    await at.deliver('{}', 'a-forged-signature')
    await at.deliver('{}', 'a-forged-signature')
    expect(at.throttle.list()).toMatchObject([{ address: '203.0.113.9', class: 'webhook' }])
    expect(JSON.stringify(at.written) + at.logged.join('')).not.toContain('a-forged-signature')
    expect(
      (await at.ask({ path: '/api/v1/http-only', method: 'GET', headers: BEARER })).status,
    ).toBe(200)
  })

  test('R31: from a locked address hears 429 with a time, and does not extend the lock', async () => {
    for (let n = 0; n < 3; n += 1) await at.deliver('{}', 'wrong')
    const [before] = at.throttle.list()
    await new Promise((later) => setTimeout(later, 100))
    const { status, headers } = await at.deliver('{}', 'wrong')
    expect([status, Number(headers['retry-after']) > 290]).toEqual([429, true])
    const [after] = at.throttle.list()
    // Two clocks tell the end: they may differ by their last digit.
    expect(Math.abs((after?.until ?? 0) - (before?.until ?? Infinity))).toBeLessThan(20)
    expect((await at.deliver('{}', 'wrong', { from: '198.51.100.7' })).status).toBe(401)
  })

  test('a right one is taken from a locked address, and lifts no lock', async () => {
    for (let n = 0; n < 4; n += 1) await at.deliver('{}', 'wrong')
    expect((await at.deliver('{"n":1}')).status).toBe(200)
    expect(at.account.taken).toHaveLength(1)
    expect((await at.deliver('{}', 'wrong')).status).toBe(429)
  })

  test('from this host locks nobody, and is held to five a second', async () => {
    const near = { from: null, headers: { host: '127.0.0.1' } }
    for (let n = 0; n < 5; n += 1) expect((await at.deliver('{}', 'wrong', near)).status).toBe(401)
    expect((await at.deliver('{}', 'wrong', near)).status).toBe(429)
    expect((await at.deliver('{}', SIGNATURE, near)).status).toBe(200)
    expect(at.throttle.list()).toEqual([])
  })

  test('no signature at all is 401 even while locked, and no guess', async () => {
    for (let n = 0; n < 5; n += 1) expect((await at.ask({})).status).toBe(401)
    expect(at.throttle.list()).toEqual([])
    for (let n = 0; n < 3; n += 1) await at.deliver('{}', 'wrong')
    expect((await at.ask({})).status).toBe(401)
  })

  test('R24: a good credential beside it switches the limiter off for nobody', async () => {
    for (let n = 0; n < 3; n += 1)
      expect((await at.deliver('{}', 'wrong', { headers: BEARER })).status).toBe(401)
    expect((await at.deliver('{}', 'wrong', { headers: BEARER })).status).toBe(429)
  })
})

describe('the handshake', () => {
  test('is answered with the challenge as plain text', async () => {
    const { status, text, headers } = await at.handshake(VERIFY)
    expect([status, text]).toEqual([200, '1158201444'])
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  test('R28: its token is compared behind the limiter, right or wrong', async () => {
    for (let n = 0; n < 3; n += 1) expect((await at.handshake(`wrong${n}`)).status).toBe(401)
    const { compared } = at.account
    const { status, headers } = await at.handshake(VERIFY)
    expect([status, Number(headers['retry-after']) > 290]).toEqual([429, true])
    expect(at.account.compared).toBe(compared)
    expect((await at.handshake(VERIFY, { from: '198.51.100.7' })).status).toBe(200)
    // Nothing presented: nothing to compare.
    expect((await at.ask({ method: 'GET' })).status).toBe(401)
  })

  test('R24: guesses of one moment are compared one by one, and no more of them than the limit', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => at.handshake(`wrong${n}`)),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(3)
    expect(statuses.filter((status) => status === 429)).toHaveLength(27)
    expect(at.account.compared).toBe(3)
    expect(at.account.under.most).toBe(1)
  })

  test('a right token forgives the wrong ones before it', async () => {
    for (let n = 0; n < 4; n += 1) {
      await at.handshake('wrong')
      await at.handshake('wrong')
      expect((await at.handshake(VERIFY)).status).toBe(200)
    }
  })

  test('a secret in a header cannot be tried by it', async () => {
    const headers = { 'x-hub-signature-256': SIGNATURE }
    expect((await at.ask({ method: 'GET', headers })).status).toBe(401)
    expect(at.account.compared).toBe(0)
  })

  test('R40: its token may stand in this query alone, and is in no record and no log', async () => {
    const query = `?hub.verify_token=${VERIFY}`
    for (const path of [`/api/v1/http-only${query}`, `/${query}`, `/webhooks/whatsapp${query}`])
      expect((await at.ask({ method: 'GET', path, headers: BEARER })).status).toBe(400)
    expect((await at.ask({ path: HOOK + query })).status).toBe(400)
    expect((await at.ask({ method: 'HEAD', path: HOOK + query })).status).toBe(400)
    expect((await at.handshake(`${VERIFY}&token=${TOKEN}`)).status).toBe(400)
    expect(at.account.compared).toBe(0)

    await at.handshake('a-wrong-token-somebody-typed')
    await at.handshake(VERIFY)
    const kept = JSON.stringify([at.written, at.folded, at.logged])
    for (const secret of [VERIFY, 'a-wrong-token-somebody-typed', TOKEN])
      expect(kept).not.toContain(secret)
    expect(kept).toMatch(/"fingerprint":"hmac:[0-9a-f]{8}"/)
  })

  test('R40: of an account that does not exist it tells no more than of one that does', async () => {
    const path = `/webhooks/whatsapp/nobody?hub.mode=subscribe&hub.verify_token=${VERIFY}`
    const [unknown, wrong] = [await at.ask({ method: 'GET', path }), await at.handshake('wrong')]
    expect([unknown.status, codeIn(unknown.text)]).toEqual([wrong.status, codeIn(wrong.text)])
  })
})

describe('R44: the secrets of an account', () => {
  test('R44: are those it has now, after a reload at once', async () => {
    at.account.signature = 'the-next-signature'
    at.account.verify = 'the-next-token'
    expect((await at.deliver('{}')).status).toBe(401)
    expect((await at.handshake(VERIFY)).status).toBe(401)
    expect((await at.deliver('{}', 'the-next-signature')).status).toBe(200)
    expect((await at.handshake('the-next-token')).status).toBe(200)
  })

  test('R44: an account that is gone before the body came takes it no more', async () => {
    const socket = connect(at.port, '127.0.0.1')
    const heard: Buffer[] = []
    socket.on('data', (chunk: Buffer) => heard.push(chunk))
    socket.write(`${head({ 'content-length': 2 })}{`)
    await expect.poll(() => at.caps.waiting).toBe(1)
    await new Promise((later) => setTimeout(later, 50))
    at.accounts.clear()
    socket.write('}')
    await expect.poll(() => heard.join('')).toContain('HTTP/1.1 401')
    expect(at.account.compared).toBe(0)
    socket.destroy()
  })
})

describe('R58: a body', () => {
  test('R58: of 3 MiB is read whole, and a larger one refused before it is', async () => {
    expect((await at.deliver(Buffer.alloc(MAX_WEBHOOK_BYTES, 'x'))).status).toBe(200)
    expect(at.account.taken[0]).toHaveLength(MAX_WEBHOOK_BYTES)
    const { heard, socket } = begun(head({ 'content-length': MAX_WEBHOOK_BYTES + 1 }))
    await expect.poll(() => heard.text).toContain('HTTP/1.1 401')
    expect(at.account.compared).toBe(1)
    expect(at.written.at(-1)).toMatchObject({ outcome: 'refused', code: 'body_too_large' })
    socket.destroy()
  })

  test('R41: that is too large is answered alike, whether there is such an account or not', async () => {
    const answers: string[] = []
    for (const path of [HOOK, '/webhooks/whatsapp/nobody'])
      for (const length of [
        { 'content-length': MAX_WEBHOOK_BYTES + 1 },
        { 'transfer-encoding': 'chunked' },
      ]) {
        const { heard, socket } = begun(head(length, path))
        socket.write(`${(MAX_WEBHOOK_BYTES + 1).toString(16)}\r\n`)
        socket.write(Buffer.alloc(MAX_WEBHOOK_BYTES + 1, 'x'))
        await expect.poll(() => heard.text).toContain('"requestId"')
        answers.push(heard.text.replace(/"requestId":"[^"]*"|Date: [^\r]*/g, ''))
        socket.destroy()
      }
    expect(answers[0]).toContain('HTTP/1.1 401')
    expect(new Set(answers).size).toBe(1)
  })

  test('R58: large ones that have arrived at once are bounded, and small ones find room', async () => {
    const large = [{ 'content-length': 1_000_000 }, { 'transfer-encoding': 'chunked' }]
    const started = Array.from({ length: 8 }, (_, index) => {
      const { socket } = begun(head(large[index % 2] ?? {}))
      return socket
    })
    await expect.poll(() => at.caps.waiting).toBe(8)
    // Whoever only says that it will come takes nobody's place.
    expect((await at.deliver(Buffer.alloc(100_000))).status).toBe(200)
    for (const [index, socket] of started.entries())
      socket.write(index % 2 === 0 ? Buffer.alloc(70_000) : chunk(70_000))
    await expect.poll(async () => (await at.deliver(Buffer.alloc(100_000))).status).toBe(503)
    expect((await at.deliver('{}')).status).toBe(200)
    for (const socket of started) socket.destroy()
    await expect.poll(async () => (await at.deliver(Buffer.alloc(100_000))).status).toBe(200)
  })
})

/** A request of which more is to come, and what is answered to it. */
function begun(text: string) {
  const socket = connect(at.port, '127.0.0.1')
  const heard = { text: '' }
  socket.on('error', () => {})
  socket.on('data', (data: Buffer) => (heard.text += data.toString()))
  socket.write(text)
  return { socket, heard }
}

function chunk(size: number): Buffer {
  return Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), Buffer.alloc(size)])
}

/** The head of a rightly signed delivery. */
function head(headers: Readonly<Record<string, string | number>>, path = HOOK): string {
  const lines = Object.entries({
    host: 'gateway.example',
    'x-forwarded-for': '203.0.113.9',
    'x-hub-signature-256': SIGNATURE,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
