/** Real nginx in front of a real gateway: whom it takes whom for, and what a forged header is worth (R25, R34, R42, S2, S4). */
import { join } from 'node:path'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { ask, bearer, startGateway, TOKEN, type RunningGateway, type Setup } from './gateway.ts'
import { isInstalled, nginx, startProxy } from './proxy-server.fixture.ts'

const NGINX = isInstalled('nginx')
const test_ = NGINX ? test : test.skip
const BASIC = { authorization: `Basic ${Buffer.from('nick:hunter2hunter2').toString('base64')}` }
const FORWARD = `
  proxy_set_header Host $http_host;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
`

interface Scene {
  readonly gateway: RunningGateway
  /** Where nginx listens. */
  readonly port: number
}

interface SceneOptions {
  readonly setup: Setup
  readonly location?: string
  readonly server?: string
}

async function scene({ setup, location = FORWARD, server = '' }: SceneOptions): Promise<Scene> {
  const gateway = await startGateway(setup)
  onTestFinished(async () => void (await gateway.stop()))
  const upstream = `proxy_pass http://127.0.0.1:${gateway.port};`
  const proxy = await startProxy(nginx(`${upstream}\n${location}`, server))
  onTestFinished(() => proxy.stop())
  return { gateway, port: proxy.port }
}

const behind = (gateway: object = {}): Setup => ({
  config: { gateway: { trustedProxies: ['127.0.0.1'], auth: { token: TOKEN }, ...gateway } },
})

/** nginx takes the test's callers for machines of the internet: this header says which. */
const INTERNET = 'set_real_ip_from 127.0.0.0/8; real_ip_header X-Test-Client;'
const from = (address: string): Record<string, string> => ({ 'x-test-client': address })

describe(NGINX ? 'nginx' : 'skipped: needs nginx', () => {
  test_('S2 basic auth at nginx and the token behind it: both are needed', async () => {
    const { port } = await scene({ setup: behind(), location: `${FORWARD}\n${basicAuth()}` })
    const token = { 'x-openclaw-password': TOKEN }
    expect((await ask(port, { headers: token })).headers['server']).toMatch(/nginx/)
    expect((await ask(port, { headers: token })).status).toBe(401)
    const login = await ask(port, { headers: BASIC })
    expect(login.status).toBe(401)
    expect(login.json).toMatchObject({ error: { type: 'unauthorized' } })
    const both = await ask(port, { headers: { ...BASIC, ...token } })
    expect(both.status).toBe(200)
    expect(both.json).toMatchObject({ principal: { kind: 'shared' } })
  })

  test_('S2 the login at nginx is no wrong password: nobody is locked by it', async () => {
    const { gateway, port } = await scene({
      setup: behind(),
      location: `${FORWARD}\n${basicAuth()}`,
      server: INTERNET,
    })
    for (let n = 0; n < 12; n += 1)
      await ask(port, { headers: { ...BASIC, ...from('198.51.100.4') } })
    expect((await gateway.ask({ path: '/api/v1/lockouts', headers: bearer(TOKEN) })).json).toEqual(
      expect.objectContaining({ lockouts: [] }),
    )
  })

  test_('R25 the client is whom nginx saw; a forged X-Forwarded-For never wins', async () => {
    const { port } = await scene({ setup: behind(), server: INTERNET })
    const forged = ['203.0.113.7', '127.0.0.1', '1.2.3.4, 5.6.7.8', 'nonsense', ' ', '::1']
    for (const value of forged) {
      const headers = { ...bearer(TOKEN), ...from('198.51.100.4'), 'x-forwarded-for': value }
      const { status, json } = await ask(port, { headers: { ...headers, 'x-real-ip': '9.9.9.9' } })
      expect([value, status]).toStrictEqual([value, 200])
      expect(json).toMatchObject({ clientAddress: '198.51.100.4', principal: { kind: 'shared' } })
    }
  })

  test_('R34 a browser on this host that comes through nginx is not local', async () => {
    const { port } = await scene({ setup: behind() })
    for (const host of ['localhost', '127.0.0.1', '[::1]'])
      expect((await ask(port, { headers: { host } })).status).toBe(401)
    expect((await ask(port, { headers: bearer(TOKEN) })).status).toBe(200)
  })

  test_('locks are each real client’s own, whatever it forges', async () => {
    const { gateway, port } = await scene({ setup: behind(), server: INTERNET })
    const guess = (n: number) =>
      ask(port, {
        headers: {
          ...bearer(`wrong-${n}`),
          ...from('198.51.100.66'),
          'x-forwarded-for': `203.0.113.${n}`,
        },
      })
    const statuses = []
    for (let n = 0; n < 12; n += 1) statuses.push((await guess(n)).status)
    expect(statuses.at(0)).toBe(401)
    expect(statuses.at(-1)).toBe(429)
    const locked = await ask(port, { headers: { ...bearer(TOKEN), ...from('198.51.100.66') } })
    expect(locked.status).toBe(429)
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0)
    const other = await ask(port, { headers: { ...bearer(TOKEN), ...from('198.51.100.67') } })
    expect(other.status).toBe(200)
    const listed = gateway.cli(['lockouts', 'list'])
    expect(listed.stdout).toContain('198.51.100.66')
    expect(listed.stdout).not.toContain('203.0.113.')
  })

  test_('R42 a WebSocket comes through, from an allowed origin alone', async () => {
    const setup = behind({ controlUi: { allowedOrigins: ['https://claw.example.com'] } })
    const { port } = await scene({ setup, server: INTERNET })
    const open = async (origin: string, token = TOKEN) => {
      const client = new TestClient(port, {
        headers: { origin, host: 'claw.example.com', ...from('198.51.100.4') },
        params: {},
      })
      onTestFinished(() => client.socket.terminate())
      return client.connect({ auth: { token } })
    }
    expect((await open('https://claw.example.com')).ok).toBe(true)
    expect(await open('https://evil.example')).toMatchObject({
      ok: false,
      error: { details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED' } },
    })
    expect(await open('https://claw.example.com', 'wrong')).toMatchObject({
      ok: false,
      error: { details: { code: 'AUTH_TOKEN_MISMATCH' } },
    })
  })

  test_('an answer as a stream is not held back until it is complete', async () => {
    const { port } = await scene({ setup: behind(), server: INTERNET })
    const { headers, text } = await ask(port, {
      method: 'POST',
      path: '/api/v1/agents/main/messages',
      headers: { ...bearer(TOKEN), accept: 'text/event-stream' },
      body: { message: '/help' },
    })
    expect(headers['content-type']).toMatch(/^text\/event-stream/)
    expect(text).toMatch(/event: accepted.*event: done/s)
    // nginx takes the header for itself; what it says is that it was obeyed.
    expect(headers['x-accel-buffering']).toBeUndefined()
  })

  test_(
    'R34 behind an nginx that the gateway was not told of, nobody is local or attributed',
    async () => {
      const { port } = await scene({
        setup: { config: { gateway: { auth: { token: TOKEN } } } },
        server: INTERNET,
      })
      for (const headers of [{}, { host: 'localhost' }, { 'x-forwarded-for': '127.0.0.1' }])
        expect((await ask(port, { headers })).status).toBe(401)
      const token = await ask(port, { headers: { ...bearer(TOKEN), ...from('198.51.100.4') } })
      expect(token.json).toMatchObject({
        principal: { kind: 'shared' },
        clientAddress: '127.0.0.1',
      })
    },
  )
})

const IDENTITY = `${FORWARD}
  proxy_set_header X-Forwarded-User $http_x_test_login;
  proxy_set_header X-Proxy-Secret "from nginx";`

describe(NGINX ? 'nginx that logs users in (S4)' : 'skipped: needs nginx', () => {
  const setup: Setup = {
    config: {
      gateway: {
        trustedProxies: ['127.0.0.2'],
        auth: {
          mode: 'trusted-proxy',
          trustedProxy: {
            userHeader: 'x-forwarded-user',
            requiredHeaders: ['x-forwarded-proto', 'x-proxy-secret'],
            allowUsers: ['nick@example.com'],
            allowLoopback: true,
          },
        },
      },
    },
  }
  const location = `${IDENTITY}\nproxy_bind 127.0.0.2;`
  const as = (login: string) => ({ ...from('198.51.100.4'), 'x-test-login': login })

  test_('who nginx says is who it is; what the caller writes there is overwritten', async () => {
    const { port } = await scene({ setup, location, server: INTERNET })
    const nick = await ask(port, { headers: as('nick@example.com') })
    expect(nick.json).toMatchObject({
      method: 'trusted-proxy',
      principal: { id: 'nick@example.com' },
      clientAddress: '198.51.100.4',
    })
    const forged = { 'x-forwarded-user': 'nick@example.com', 'x-proxy-secret': 'x' }
    expect((await ask(port, { headers: { ...as(''), ...forged } })).status).toBe(401)
    const eve = await ask(port, { headers: { ...as('eve@example.com'), ...forged } })
    expect(eve.status).toBe(401)
  })

  test_('R35 the same headers straight to the gateway’s port are nobody', async () => {
    const { gateway } = await scene({ setup, location, server: INTERNET })
    const headers = {
      'x-forwarded-user': 'nick@example.com',
      'x-forwarded-proto': 'https',
      'x-proxy-secret': 'from nginx',
      'x-forwarded-for': '198.51.100.4',
    }
    for (const source of ['127.0.0.1', '127.0.0.3'])
      expect((await gateway.ask({ headers, from: source })).status).toBe(401)
    expect((await gateway.ask({})).status).toBe(401)
  })

  test_('a WebSocket through it carries the user, and no other', async () => {
    const { port } = await scene({ setup, location, server: INTERNET })
    const open = async (login: string) => {
      const client = new TestClient(port, { headers: as(login) })
      onTestFinished(() => client.socket.terminate())
      return client.connect({})
    }
    expect((await open('nick@example.com')).ok).toBe(true)
    expect((await open('eve@example.com')).ok).toBe(false)
  })
})

function basicAuth(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-htpasswd-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  // nginx's workers are another user.
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'users'), 'nick:{PLAIN}hunter2hunter2\n', { mode: 0o644 })
  return `auth_basic "claw"; auth_basic_user_file ${join(folder, 'users')};`
}
