/** Nodes against the built gateway: over REST, for the wire's reference client, and over a restart. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { rmSync } from 'node:fs'
import { GatewayClient } from '@openclaw/gateway-client'
import { afterAll, describe, expect, it } from 'vitest'
import { publicKeyRawBase64UrlFromPem, signDevicePayload } from '../src/host/device-identity.ts'
import { TestDevice } from '../src/access/device.fixture.ts'
import { NODE_PARAMS } from '../src/server/websocket/node-gateway.fixture.ts'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, makeStateDir, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const CONFIG = { gateway: { auth: { mode: 'token', token: TOKEN } } }
const dir = makeStateDir({ config: CONFIG })
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const connect = (gateway: RunningGateway, device: TestDevice) =>
  admitted(gateway.port, {
    device,
    params: { ...NODE_PARAMS, auth: { token: TOKEN }, commands: ['camera.snap', 'system.run'] },
  })
const rest = async (gateway: RunningGateway, call: string, body?: object) => {
  const [method = '', path = ''] = call.split(' ')
  const { status, json } = await gateway.ask({
    method,
    path: `/api/v1/nodes${path}`,
    headers: bearer(TOKEN),
    ...(body !== undefined && { body }),
  })
  return { status, json: Object(json) }
}

describe('nodes', () => {
  it('are approved and asked over REST, and stay approved over a kill', async () => {
    const device = new TestDevice()
    const { id } = device
    const first = await startGateway({ dir })
    await connect(first, device)
    const { json: asked } = await rest(first, 'GET /requests')
    const [request] = asked.pending
    expect(request.requiredApproveScopes).toContain('operator.admin')
    const approve = `POST /requests/${request.requestId}/approve`
    expect(await rest(first, approve)).toMatchObject({
      status: 200,
      json: { node: { nodeId: id } },
    })
    expect((await rest(first, approve)).status).toBe(404)
    await first.stop('SIGKILL')

    const second = await startGateway({ dir })
    expect(await rest(second, `GET /${id}`)).toMatchObject({
      status: 200,
      json: { connected: false, approvalState: 'approved' },
    })
    const invoke = `POST /${id}/invoke`
    expect((await rest(second, invoke, { command: 'camera.snap' })).status).toBe(503)
    const node = await connect(second, device)
    expect((await rest(second, invoke, { command: 'camera.clip' })).status).toBe(403)
    expect((await rest(second, 'POST /nobody/invoke', { command: 'x' })).status).toBe(404)

    const running = rest(second, invoke, { command: 'system.run', params: { argv: ['ls'] } })
    const { payload } = await node.event('node.invoke.request')
    await node.call('node.invoke.result', {
      id: payload?.['id'],
      nodeId: id,
      ok: true,
      payload: { out: 'x' },
    })
    expect(await running).toMatchObject({ status: 200, json: { payload: { out: 'x' } } })

    expect((await rest(second, `POST /${id}/rename`, { displayName: 'Attic 2' })).status).toBe(200)
    expect((await rest(second, `DELETE /${id}`)).status).toBe(200)
    expect((await node.closed).code).toBe(4001)
    expect((await rest(second, 'GET ')).json).toMatchObject({ nodes: [] })
    await second.stop()
  })

  it('may be the wire’s reference client: it is paired, approved and asked', async () => {
    const gateway = await startGateway({ config: CONFIG })
    const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
      publicKeyEncoding: { format: 'pem', type: 'spki' },
    })
    const deviceId = new TestDevice(createPrivateKey(privateKey)).id
    const hello = Promise.withResolvers<void>()
    const client: GatewayClient = new GatewayClient({
      url: `ws://127.0.0.1:${gateway.port}`,
      token: TOKEN,
      clientName: 'node-host',
      mode: 'node',
      role: 'node',
      scopes: [],
      caps: ['camera'],
      commands: ['camera.snap'],
      hostDeps: { signDevicePayload, publicKeyRawBase64UrlFromPem },
      deviceIdentity: { deviceId, privateKeyPem: privateKey, publicKeyPem: publicKey },
      onHelloOk: () => hello.resolve(),
      onConnectError: (error) => hello.reject(error),
      onEvent: ({ event, payload }) => {
        const { id, nodeId } = Object(payload)
        if (event !== 'node.invoke.request') return
        void client.request('node.invoke.result', { id, nodeId, ok: true, payloadJSON: '{"ok":1}' })
      },
    })
    client.start()
    await hello.promise
    const { json } = await rest(gateway, 'GET /requests')
    await rest(gateway, `POST /requests/${json.pending[0].requestId}/approve`)
    expect(
      await rest(gateway, `POST /${deviceId}/invoke`, { command: 'camera.snap' }),
    ).toMatchObject({ status: 200, json: { payload: { ok: 1 } } })
    await client.stopAndWait()
    await gateway.stop()
  })
})
