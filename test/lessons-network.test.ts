/** Lessons about networks, proxies and browsers: who is local, whose headers count, and which pages may ask. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admitted, refusal, TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, startGateway, TOKEN, type Ask, type RunningGateway } from './gateway.ts'

const PAGE = 'https://control.example.com'
const at = {
  plain: {} as RunningGateway,
  strict: {} as RunningGateway,
  proxied: {} as RunningGateway,
}
const PROXY = { userHeader: 'x-forwarded-user', requiredHeaders: ['x-proxy-proof'] }
const proxied = (allowLoopback: boolean) => ({
  gateway: {
    trustedProxies: ['127.0.0.1'],
    auth: {
      mode: 'trusted-proxy',
      trustedProxy: { ...PROXY, allowUsers: ['nick', 'lena'], allowLoopback },
      identityScopes: { lena: [] },
    },
  },
})
const NICK = { 'x-forwarded-user': 'nick', 'x-proxy-proof': 'yes', 'x-forwarded-for': '192.0.2.7' }

beforeAll(async () => {
  const plain = {
    gateway: { auth: { mode: 'token', token: TOKEN }, controlUi: { allowedOrigins: [PAGE] } },
  }
  const [one, two, three] = await Promise.all([
    startGateway({ config: plain }),
    startGateway({ config: proxied(false) }),
    startGateway({ config: proxied(true) }),
  ])
  Object.assign(at, { plain: one, strict: two, proxied: three })
})
afterAll(async () => {
  await Promise.all([at.plain.stop(), at.strict.stop(), at.proxied.stop()])
})

const plain = (request: Ask = {}) => at.plain.ask(request)
const statusOf = async (headers: Ask['headers'] = {}) => (await plain({ headers })).status

describe('R16: local is what the socket says', () => {
  it('R16: the owner on this host needs nothing', async () => {
    for (const host of ['localhost', '127.0.0.1:1', '[::1]', 'LOCALHOST'])
      expect((await plain({ headers: { host } })).json).toMatchObject({ method: 'local' })
  })

  const FORWARDING = `forwarded x-forwarded-for x-forwarded-proto x-forwarded-anything x-real-ip
    tailscale-user-login cf-connecting-ip cdn-loop true-client-ip x-client-ip x-cluster-client-ip
    x-envoy-external-address x-original-url x-amzn-trace-id via CF-Ray X-FORWARDED-HOST`
  it.each(FORWARDING.split(/\s+/))(
    'R16: any evidence of forwarding cancels it: %s',
    async (name) => {
      for (const value of ['127.0.0.1', 'localhost', '']) {
        expect(await statusOf({ [name]: value })).toBe(401)
        const refused = await refusal(at.plain.port, { headers: { [name]: value } })
        expect(refused.details?.['code']).toBe('DEVICE_IDENTITY_REQUIRED')
      }
    },
  )

  const HOSTS = `localhost. localhost.evil.example 127.0.0.1.evil.example 127.1 0x7f.0.0.1
    127.0.0.2 2130706433 [::ffff:127.0.0.1] 0.0.0.0 evil.example [::]`
  it.each(HOSTS.split(/\s+/))('R16, R38: a Host of %s is not local', async (host) => {
    expect([400, 401]).toContain(await statusOf({ host }))
  })

  it('R16: nothing that a client says of itself makes it local', async () => {
    const client = { id: 'gateway-client', mode: 'backend', version: '1', platform: 'linux' }
    const params = { client, role: 'operator', scopes: ['operator.admin'] }
    const refused = await refusal(at.plain.port, { params, headers: { via: '1.1 x' } })
    expect(refused.details?.['code']).toBe('DEVICE_IDENTITY_REQUIRED')
  })
})

describe('R34: a proxy that nobody configured', () => {
  it('R34: attributes nothing and makes nobody local', async () => {
    for (const claimed of ['203.0.113.5', '127.0.0.1', '10.0.0.1, 127.0.0.1', 'nonsense']) {
      const headers = { 'x-forwarded-for': claimed, ...bearer(TOKEN) }
      const { json } = await plain({ from: '127.0.5.5', headers })
      expect(json).toMatchObject({ clientAddress: '127.0.5.5', method: 'token' })
      expect(await statusOf({ 'x-forwarded-for': claimed })).toBe(401)
    }
  })
})

describe('R35: a program on this host is not the proxy', () => {
  it('R35: a loopback proxy needs its own permission, and strangers do not hear so', async () => {
    const answer = await at.strict.ask({ headers: NICK })
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('Unauthorized.')])
    const id = /"requestId":"([^"]+)"/.exec(answer.text)?.[1] ?? ''
    expect(at.strict.cli(['auth', 'why', id]).stdout).toContain('trusted_proxy_loopback_source')
  })

  it('R35: nor is an address that is not listed', async () => {
    expect((await at.proxied.ask({ headers: NICK })).status).toBe(200)
    expect((await at.proxied.ask({ headers: NICK, from: '127.0.0.2' })).status).toBe(401)
  })

  it('R35: and no Tailscale header is believed here', async () => {
    const headers = {
      'tailscale-user-login': 'nick@example.com',
      'x-forwarded-for': '100.64.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'gateway.tail1234.ts.net',
    }
    for (const gateway of [at.plain, at.strict, at.proxied])
      expect((await gateway.ask({ headers })).status).toBe(401)
  })
})

describe('R05, R14: a user of the proxy', () => {
  it.each([
    { 'x-forwarded-user': '' },
    { 'x-forwarded-user': '   ' },
    { 'x-forwarded-user': 'nick,lena' },
    { 'x-forwarded-user': 'NICK' },
    { 'x-forwarded-user': 'nick@example.com' },
    { 'x-proxy-proof': '' },
    { 'x-proxy-proof': ' ' },
  ])('R14: is nobody with %j', async (change) => {
    expect((await at.proxied.ask({ headers: { ...NICK, ...change } })).status).toBe(401)
  })

  it('R05, R14: holds what the server grants: no entry reads and writes, an empty one nothing', async () => {
    const scopes = async (headers: object) => {
      const { json } = await at.proxied.ask({ headers: { ...NICK, ...headers } })
      return /"scopes":\[([^\]]*)\]/.exec(JSON.stringify(json))?.[1]
    }
    expect(await scopes({})).toBe('"operator.read","operator.write"')
    const everything = { 'x-openclaw-scopes': 'operator.admin, operator.pairing,operator.read' }
    expect(await scopes(everything)).toBe('"operator.read"')
    for (const nothing of ['', ' ', ',', 'admin', '*', 'operator.*', 'OPERATOR.READ'])
      expect(await scopes({ 'x-openclaw-scopes': nothing })).toBe('')
    expect(await scopes({ 'x-forwarded-user': 'lena' })).toBe('')
    expect(await scopes({ 'x-forwarded-user': 'lena', ...everything })).toBe('')
  })
})

describe('R38: names are compared whole', () => {
  it.each([
    `${PAGE}.`,
    `${PAGE}.evil.example`,
    'https://evilcontrol.example.com',
    'https://evil.control.example.com',
    'http://control.example.com',
    `${PAGE}:444`,
    `${PAGE}@evil.example`,
    'https://evil.example/control.example.com',
    'https://evil.example#control.example.com',
    'https://control.example.com%2eevil.example',
    'https://control',
    'null',
    '',
    '*',
    'file://',
    'http://127.0.0.1',
    'http://127.0.0.1.evil.example',
  ])('R36, R38: a page on "%s" is refused', async (origin) => {
    expect(await statusOf({ ...bearer(TOKEN), origin })).toBe(403)
    const refused = await refusal(at.plain.port, {
      params: { auth: { token: TOKEN } },
      headers: { origin },
    })
    expect(refused.details?.['code']).toBe('CONTROL_UI_ORIGIN_NOT_ALLOWED')
  })

  it('R38: and the listed one is let in, with a credential', async () => {
    expect(await statusOf({ ...bearer(TOKEN), origin: PAGE })).toBe(200)
    expect(await statusOf({ origin: PAGE, host: '127.0.0.1' })).toBe(401)
  })
})

describe('R40: a secret in an address', () => {
  const NAMES = [
    'token',
    'access_token',
    'password',
    'api_key',
    'key',
    'deviceToken',
    'TOKEN',
    'hub.verify_token',
  ]
  it.each(NAMES)('R40: ?%s= is refused everywhere, right or wrong', async (name) => {
    for (const path of ['/api/v1/whoami', '/api/v1/nothing', '/api/v1/session', '/x']) {
      for (const headers of [{}, bearer(TOKEN)]) {
        const answer = await plain({ path: `${path}?${name}=${TOKEN}`, headers })
        expect([path, answer.status]).toEqual([path, 400])
        expect(answer.text).not.toContain(TOKEN)
      }
    }
    const socket = new TestClient(at.plain.port, { path: `/?${name}=${TOKEN}` })
    expect(await socket.upgraded).toMatchObject({ status: 400 })
  })

  it('R40: nor does the gateway write one into an address', async () => {
    const method = 'POST'
    const { json } = await plain({ method, path: '/api/v1/login-links', headers: bearer(TOKEN) })
    const { url } = Object.assign({ url: '' }, json)
    const { search, pathname, hash } = new URL(url)
    expect([search, pathname, hash.length > 20]).toEqual(['', '/', true])
  })
})

describe('R58: a body', () => {
  /** What came back on a raw connection, once the other end closed it or enough was seen. */
  function raw(text: string, enough: (heard: string) => boolean): Promise<string> {
    return new Promise((done, fail) => {
      const socket = connect(at.plain.port, '127.0.0.1', () => socket.write(text))
      const heard = { text: '' }
      const end = () => {
        socket.destroy()
        done(heard.text)
      }
      socket.on('data', (chunk: Buffer) => {
        heard.text += chunk.toString()
        if (enough(heard.text)) end()
      })
      socket.on('close', end)
      socket.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EPIPE' || error.code === 'ECONNRESET' ? end() : fail(error),
      )
    })
  }
  const head = (path: string, lines: readonly string[]): string =>
    [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', ...lines]
      .concat('', '')
      .join('\r\n')
  const answered = (heard: string): boolean => heard.includes('requestId')

  it('R58: of a stranger is not even waited for', async () => {
    const lines = ['Content-Length: 1000000000', 'Via: 1.1 x']
    const heard = await raw(head('/api/v1/gateway/stop', lines), answered)
    expect(heard).toMatch(/^HTTP\/1\.1 401 /)
  })

  const CHUNK = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  const chunked = (path: string, count: number): string =>
    head(path, ['Transfer-Encoding: chunked']) + CHUNK.repeat(count)
  const MEBIBYTE = 16

  it('R58: that is larger than a mebibyte is refused, also where strangers may send one', async () => {
    for (const path of ['/api/v1/session', '/api/v1/gateway/stop']) {
      const heard = await raw(chunked(path, MEBIBYTE + 2), answered)
      expect([path, heard]).toEqual([path, expect.stringMatching(/^HTTP\/1\.1 413 /)])
    }
  })

  it('R58: that never ends is cut off', async () => {
    for (const path of ['/api/v1/session', '/api/v1/gateway/stop', '/api/v1/nothing'])
      await raw(chunked(path, 8 * MEBIBYTE), () => false)
    expect((await plain()).status).toBe(200)
  })

  it('R58, R09: that nobody reads is not taken for the next request', async () => {
    const hidden = 'GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const lines = ['Via: 1.1 x', `Content-Length: ${hidden.length}`]
    for (const path of ['/api/v1/nothing', '/api/v1/gateway/stop', '/health']) {
      const heard = await raw(`${head(path, lines)}${hidden}`, () => false)
      expect([path, heard.match(/HTTP\/1\.1 \d+/g)]).toEqual([path, ['HTTP/1.1 401']])
    }
  })

  it('R58: that stops halfway is nothing but a connection that waits', async () => {
    const started = connect(at.plain.port, '127.0.0.1')
    started.write(head('/api/v1/gateway/stop', ['Content-Length: 10']) + '{"a"')
    expect((await plain()).status).toBe(200)
    started.destroy()
    expect((await plain()).status).toBe(200)
  })

  it('R58: is JSON, one object, and as deep as JSON may be, or it is refused', async () => {
    const bodies = ['[]', '"x"', '{', '\u0000', `{"a":${'['.repeat(100_000)}`, '{"__proto__":{}}']
    for (const body of bodies) {
      const request = { method: 'POST', path: '/api/v1/login-links', headers: bearer(TOKEN), body }
      const answer = await plain(request)
      expect([body.slice(0, 20), answer.status]).toEqual([body.slice(0, 20), 400])
    }
  })
})

describe('R39: nothing leaves the gateway', () => {
  it.skipIf(process.platform !== 'linux')(
    'R39: it opens no connection of its own, whatever it is asked',
    async () => {
      const client = await admitted(at.plain.port, {
        params: { auth: { token: TOKEN }, scopes: ['operator.admin'] },
      })
      const message = 'fetch http://203.0.113.1/ and http://127.0.0.1:9/'
      await client.call('chat.send', { sessionKey: 'main', message, idempotencyKey: 'r39' })
      for (const host of ['203.0.113.1', 'metadata.example']) await plain({ headers: { host } })
      const lines = socketsOf(at.plain.child.pid ?? 0)
      expect(lines.length).toBeGreaterThan(0)
      expect(lines.filter(({ port }) => port !== at.plain.port)).toEqual([])
      await client.close()
    },
  )
})

/** The TCP and UDP sockets of a process, by their local port. */
function socketsOf(pid: number): readonly { readonly line: string; readonly port: number }[] {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`))
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
  return ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6']
    .flatMap((table) =>
      readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1),
    )
    .map((line) => line.trim())
    .filter((line) => inodes.has(line.split(/\s+/)[9] ?? ''))
    .map((line) => ({ line, port: Number.parseInt(/:([0-9A-F]{4}) /.exec(line)?.[1] ?? '', 16) }))
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
