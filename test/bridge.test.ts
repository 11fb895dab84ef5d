/** The bridge: a second port that admits nodes and nobody else (SPEC 4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { TestDevice } from '../src/access/device.fixture.ts'
import { NODE_PARAMS, pendingId } from '../src/server/websocket/node-gateway.fixture.ts'
import {
  admitted,
  refusal,
  REMOTE,
  TestClient,
} from '../src/server/websocket/test-client.fixture.ts'
import {
  ask,
  bearer,
  makeStateDir,
  runCli,
  startGateway,
  TOKEN,
  type Ask,
  type RunningGateway,
} from './gateway.ts'

const WRONG = 'ba5eba11'.repeat(8)
const PROXY = '127.7.7.7'
const AUTH = { mode: 'token', token: TOKEN }

const at = { gateway: {} as RunningGateway, bridge: 0 }
const onBridge = (request: Ask) => ask(at.bridge, request)
const operator = () =>
  admitted(at.gateway.port, {
    headers: REMOTE,
    params: { auth: { token: TOKEN }, scopes: ['operator.admin'] },
  })

const bridgeOf = ({ output }: RunningGateway): number =>
  Number(/nodes alone, connect to http:\/\/127\.0\.0\.1:(\d+)/i.exec(output())?.[1])

beforeAll(async () => {
  at.gateway = await startGateway({
    config: { gateway: { auth: AUTH, trustedProxies: [PROXY], bridgePort: 0 } },
  })
  at.bridge = bridgeOf(at.gateway)
})
afterAll(async () => at.gateway.stop())

describe('the bridge', () => {
  it('opens beside the gateway’s own port, on the same addresses, and says so', async () => {
    expect(at.bridge).toBeGreaterThan(0)
    expect(at.bridge).not.toBe(at.gateway.port)
    const { json } = await at.gateway.ask({ path: '/api/v1/status', headers: bearer(TOKEN) })
    const places = (listener: string): readonly string[] =>
      Object(json).listening.flatMap((one: { listener: string; address: string }) =>
        one.listener === listener ? [one.address] : [],
      )
    expect(places('bridge')).toEqual(places('tcp'))
    const { stdout } = at.gateway.cli(['status'])
    expect(stdout).toContain(`127.0.0.1:${at.bridge} (nodes alone)`)
  })

  it('admits a node with the token once it is approved, and with its own token then', async () => {
    const device = new TestDevice()
    const params = { ...NODE_PARAMS, auth: { token: TOKEN }, commands: ['camera.snap'] }
    // Nobody is local here: also from loopback a new device waits for somebody.
    const waits = await refusal(at.bridge, { device, params })
    expect(waits.details).toMatchObject({ code: 'PAIRING_REQUIRED', reason: 'not-paired' })
    const admin = await operator()
    const requestId = waits.details?.['requestId']
    expect(await admin.call('device.pair.approve', { requestId })).toMatchObject({ ok: true })

    const first = await admitted(at.bridge, { device, params })
    const hello = first.frames.find(({ id }) => id === 'connect')
    const deviceToken = Object(hello?.payload?.['auth'])['deviceToken']
    await first.close()
    const node = await admitted(at.bridge, { device, params: { ...params, auth: { deviceToken } } })
    await admin.call('node.pair.approve', { requestId: await pendingId(admin) })
    const call = admin.call('node.invoke', { nodeId: device.id, command: 'camera.snap' })
    const { payload } = await node.event('node.invoke.request')
    await node.call('node.invoke.result', {
      id: payload?.['id'],
      nodeId: device.id,
      ok: true,
      payload: 1,
    })
    expect((await call).payload).toMatchObject({ payload: 1 })
    await node.close()
    await admin.close()
  })

  it.each(['operator', 'control', 'webchat', undefined])(
    'refuses the role %s, whatever comes with it',
    async (role) => {
      for (const device of [undefined, new TestDevice()]) {
        const { code, message, close } = await refusal(at.bridge, {
          ...(device !== undefined && { device }),
          params: { role, auth: { token: TOKEN }, scopes: [] },
        })
        expect([code, message]).toEqual(['INVALID_REQUEST', 'invalid role'])
        expect(close.code).toBe(1008)
      }
      const nothing = await refusal(at.bridge, { params: { role, scopes: [] } })
      expect(nothing.details?.['code']).toBe('DEVICE_IDENTITY_REQUIRED')
    },
  )

  it('serves no page and no operation over HTTP, and logs nobody in; probes it answers', async () => {
    for (const path of ['/health', '/healthz', '/ready', '/readyz'])
      expect([path, (await onBridge({ path })).status]).toEqual([path, 200])
    for (const path of ['/', '/index.html', '/api/v1/whoami', '/api/v1/nodes', '/nothing']) {
      expect([path, (await onBridge({ path })).status]).toEqual([path, 401])
      expect([path, (await onBridge({ path, headers: bearer(TOKEN) })).status]).toEqual([path, 403])
    }
    const dashboard = at.gateway.cli(['dashboard']).stdout
    const link = /#(?:login=)?([A-Za-z0-9_-]{16,})/.exec(dashboard)?.[1] ?? ''
    expect(link).not.toBe('')
    const login = (body: object) => ({ method: 'POST', path: '/api/v1/session', body })
    for (const body of [{ link }, { secret: TOKEN }])
      expect((await onBridge(login(body))).status).toBe(401)
    // It was not used up: the other port takes it.
    expect((await at.gateway.ask(login({ link }))).status).toBe(200)
  })

  it('R23: counts guesses with those of the other port', async () => {
    const from = '127.8.8.8'
    const attempt = { from, headers: bearer(WRONG), path: '/api/v1/whoami' }
    for (let n = 0; n < 5; n += 1) expect((await onBridge(attempt)).status).toBe(401)
    for (let n = 0; n < 5; n += 1)
      await refusal(at.bridge, {
        from,
        device: new TestDevice(),
        params: { ...NODE_PARAMS, auth: { token: WRONG } },
      })
    expect((await onBridge(attempt)).status).toBe(429)
    // Forwarded: else this address is on the gateway's host, and never locked there.
    const elsewhere = await at.gateway.ask({ ...attempt, headers: { ...bearer(TOKEN), ...REMOTE } })
    expect(elsewhere.status).toBe(429)
  })

  it('R25: believes a trusted proxy, and nobody else, about who is behind it', async () => {
    const guess = (from: string, client: string) =>
      onBridge({ from, headers: { ...bearer(WRONG), 'x-forwarded-for': client } })
    for (let n = 0; n < 10; n += 1) await guess(PROXY, '198.51.100.7')
    expect((await guess(PROXY, '198.51.100.7')).status).toBe(429)
    expect((await guess(PROXY, '198.51.100.8')).status).toBe(401)
    for (let n = 0; n < 10; n += 1) await guess('127.8.8.9', `198.51.100.${10 + n}`)
    expect((await guess('127.8.8.9', '198.51.100.99')).status).toBe(429)
    expect((await onBridge({ from: PROXY, headers: { 'x-forwarded-for': 'x' } })).status).toBe(400)
  })

  it('never takes a caller for the owner', async () => {
    expect((await onBridge({ headers: { host: `localhost:${at.bridge}` } })).status).toBe(401)
    const { details } = await refusal(at.bridge, {
      device: new TestDevice(),
      params: { ...NODE_PARAMS },
    })
    expect(details?.['code']).not.toBe('PAIRING_REQUIRED')
  })

  it('has its sockets closed with the others when the gateway stops', async () => {
    const gateway = await startGateway({
      config: { gateway: { auth: AUTH, bridgePort: 0 } },
    })
    const waiting = new TestClient(bridgeOf(gateway))
    await waiting.event('connect.challenge')
    expect(await gateway.stop()).toBe(0)
    expect(waiting.socket.readyState).not.toBe(WebSocket.OPEN)
    await waiting.closed
  })
})

describe('a start with a bridge', () => {
  it('is refused on the gateway’s own port, with what to do', async () => {
    const dir = makeStateDir({
      config: { gateway: { port: 18_999, bridgePort: 18_999, auth: AUTH } },
    })
    const { code, stderr } = runCli(dir, ['gateway'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/gateway\.bridgePort: 18999 is gateway\.port.*another port/)
  })

  it('is refused on a port that somebody else has', async () => {
    const dir = makeStateDir({
      config: { gateway: { port: 0, bridgePort: at.bridge, auth: AUTH } },
    })
    const { code, stderr } = runCli(dir, ['gateway'])
    expect(code).toBe(1)
    expect(stderr).toContain(`${at.bridge} is in use`)
    expect(stderr).toContain('gateway.bridgePort')
  })

  it('may name its port in the environment', async () => {
    const gateway = await startGateway({
      config: { gateway: { auth: AUTH } },
      env: { OPENCLAW_BRIDGE_PORT: '0' },
    })
    expect(bridgeOf(gateway)).toBeGreaterThan(0)
    await gateway.stop()
  })

  it('has none unless it is asked for', async () => {
    const gateway = await startGateway({ config: { gateway: { auth: AUTH } } })
    expect(gateway.output()).not.toMatch(/nodes alone/i)
    const { json } = await gateway.ask({ path: '/api/v1/status', headers: bearer(TOKEN) })
    expect(JSON.stringify(json)).not.toContain('bridge')
    await gateway.stop()
  })
})
