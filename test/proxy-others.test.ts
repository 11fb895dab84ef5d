/** Real haproxy and Caddy in front of a real gateway: the smaller half of the matrix (R25, R34, R42). */
import { describe, expect, onTestFinished, test } from 'vitest'
import { TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { ask, bearer, startGateway, TOKEN, type RunningGateway } from './gateway.ts'
import { isInstalled, startProxy, type ProxyProgram } from './proxy-server.fixture.ts'

/** haproxy's `option forwardfor` adds a line of its own behind what the client sent. */
const haproxy = (upstream: number): ProxyProgram => ({
  command: 'haproxy',
  args: (_, file) => ['-db', '-f', file],
  config: (port) => `
defaults
  mode http
  timeout connect 2s
  timeout client 10s
  timeout server 10s
  timeout tunnel 10s
frontend in
  bind 127.0.0.1:${port}
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  default_backend claw
backend claw
  server claw 127.0.0.1:${upstream}
`,
})

/** Caddy drops what an untrusted client wrote and forwards the peer alone. */
const caddy = (upstream: number): ProxyProgram => ({
  command: 'caddy',
  args: (_, file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  config: (port) => `
{
  admin off
  auto_https off
}
http://:${port} {
  bind 127.0.0.1
  reverse_proxy 127.0.0.1:${upstream}
}
`,
})

/** Loopback callers are the proxies' clients here, so the whole of it counts as ours where it is trusted. */
async function scene(
  program: (upstream: number) => ProxyProgram,
  trustedProxies: readonly string[],
): Promise<{ gateway: RunningGateway; port: number }> {
  const gateway = await startGateway({
    config: { gateway: { trustedProxies, auth: { token: TOKEN } } },
  })
  onTestFinished(async () => void (await gateway.stop()))
  const proxy = await startProxy(program(gateway.port))
  onTestFinished(() => proxy.stop())
  return { gateway, port: proxy.port }
}

describe.each([
  ['haproxy', haproxy],
  ['caddy', caddy],
] as const)('%s', (name, program) => {
  const installed = isInstalled(name)
  const one = installed ? test : test.skip
  const label = installed ? '' : `skipped: needs ${name}: `

  one(`${label}R34 not told of the proxy, the gateway takes nobody for local`, async () => {
    const { port } = await scene(program, [])
    const hosts = ['localhost', '127.0.0.1', 'claw.example.com']
    for (const host of hosts) expect((await ask(port, { headers: { host } })).status).toBe(401)
    expect((await ask(port, { headers: { 'x-forwarded-for': '127.0.0.1' } })).status).toBe(401)
    expect((await ask(port, { headers: bearer(TOKEN) })).status).toBe(200)
  })

  one(`${label}told of it, nobody is local either, and the token works`, async () => {
    const { port } = await scene(program, ['127.0.0.0/8'])
    expect((await ask(port, { headers: { host: 'localhost' } })).status).toBe(401)
    const token = await ask(port, { headers: bearer(TOKEN) })
    expect(token.json).toMatchObject({ principal: { kind: 'shared' }, method: 'token' })
  })

  one(`${label}R25 a forged address that the proxy lets pass locks no one else's out`, async () => {
    const { port } = await scene(program, ['127.0.0.1'])
    const forged = { ...bearer(TOKEN), 'x-forwarded-for': '203.0.113.7' }
    const { status, json } = await ask(port, { headers: forged, from: '127.0.0.9' })
    // The proxy says 127.0.0.9, which is loopback and no proxy of ours: malformed, never 203.0.113.7.
    expect(status).toBe(400)
    expect(JSON.stringify(json)).not.toContain('203.0.113.7')
  })

  one(`${label}R42 a WebSocket comes through`, async () => {
    const { port } = await scene(program, ['127.0.0.0/8'])
    const client = new TestClient(port)
    onTestFinished(() => client.socket.terminate())
    expect((await client.connect({ auth: { token: TOKEN } })).ok).toBe(true)
    expect((await client.call('health')).ok).toBe(true)
    const stranger = new TestClient(port)
    onTestFinished(() => stranger.socket.terminate())
    expect((await stranger.connect({})).ok).toBe(false)
  })
})
