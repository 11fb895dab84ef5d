import { describe, expect, it } from 'vitest'
import { TestDevice } from '../../access/device.fixture.ts'
import type { AccessPolicy } from '../../access/types.ts'
import { approve, asking, authOf, operator, request } from './pairing.fixture.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, refusal, REMOTE, type ClientOptions } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const ORIGINS: AccessPolicy['origins'] = {
  allowed: new Set(),
  any: false,
  hostHeaderFallback: false,
  tailnetNames: new Set(),
}

describe('on this host', () => {
  const local = (device: TestDevice, scopes: readonly string[]): ClientOptions => ({
    device,
    params: { auth: { token: TOKEN }, scopes },
  })

  it('a device with the shared token is approved without asking, broader scopes too', async () => {
    const gateway = await start()
    const device = new TestDevice()
    const first = authOf(await admitted(gateway.port, local(device, ['operator.read'])))
    expect(first).toMatchObject({ scopes: ['operator.read'], method: 'token' })
    const second = authOf(await admitted(gateway.port, local(device, ['operator.admin'])))
    // One token for all of it: what an approval widens keeps its token.
    expect(second).toMatchObject({ scopes: ['operator.admin'], deviceToken: first.deviceToken })
    expect(gateway.desk.book.find(device.id)?.grants).toMatchObject([
      { scopes: ['operator.read', 'operator.admin'] },
    ])
    expect(gateway.desk.book.requests()).toEqual([])
  })

  it('and once, however often it comes at the same moment', async () => {
    const gateway = await start()
    const device = new TestDevice()
    const clients = await Promise.all(
      Array.from({ length: 10 }, () => admitted(gateway.port, local(device, ['operator.read']))),
    )
    expect(new Set(clients.map((client) => authOf(client).deviceToken)).size).toBe(1)
    expect(gateway.desk.book.find(device.id)?.grants).toHaveLength(1)
  })

  it('but not for more than x-openclaw-scopes lets its connection do (R11)', async () => {
    const gateway = await start()
    const headers = { 'x-openclaw-scopes': 'operator.read' }
    const capped = { ...local(new TestDevice(), ['operator.admin']), headers }
    const refused = await refusal(gateway.port, capped)
    expect(refused.details).toMatchObject({ code: 'PAIRING_REQUIRED' })
    await admitted(gateway.port, { ...local(new TestDevice(), ['operator.read']), headers })
  })

  it('but not in another role, which is asked for', async () => {
    const gateway = await start()
    const device = new TestDevice()
    await admitted(gateway.port, local(device, ['operator.read']))
    const node = { ...local(device, []), params: { auth: { token: TOKEN }, role: 'node' } }
    expect((await refusal(gateway.port, node)).details).toMatchObject({ reason: 'role-upgrade' })
  })

  it.each(['device.token.revoke', 'device.pair.remove'])(
    'nor after %s: only an operator lets it in again (R15)',
    async (method) => {
      const gateway = await start()
      const device = new TestDevice()
      await admitted(gateway.port, local(device, ['operator.read']))
      const who = await operator(gateway.port)
      const role = method === 'device.token.revoke' ? { role: 'operator' } : {}
      await who.call(method, { deviceId: device.id, ...role })
      const { details } = await refusal(gateway.port, local(device, ['operator.read']))
      expect(details).toMatchObject({ reason: 'not-paired' })
      await approve(gateway.port, String(details?.['requestId']))
      await admitted(gateway.port, local(device, ['operator.read']))
    },
  )

  it.each([
    ['a forwarding header', { headers: { 'x-forwarded-for': '127.0.0.1' } }],
    ['an empty one', { headers: { forwarded: '' } }],
    ['a header of Tailscale', { headers: { 'tailscale-user-login': 'me' } }],
    ['another Host', { headers: { host: 'gateway.example' } }],
    ['another loopback port as the origin', { headers: { origin: 'http://localhost:1' } }],
  ])('nor with %s: the socket and what came with it say where it is (R16)', async (_name, how) => {
    const origins = { ...ORIGINS, allowed: new Set(['http://localhost:1']) }
    const gateway = await start({ policy: { origins } })
    const refused = await refusal(gateway.port, { ...local(new TestDevice(), []), ...how })
    expect(refused.details).toMatchObject({ code: 'PAIRING_REQUIRED', reason: 'not-paired' })
  })

  it.each([
    ['another user’s socket', { kind: 'uid', uid: 4242 } as const],
    ['a socket that the kernel does not know', { kind: 'none' } as const],
  ])('nor from %s (R16)', async (_name, owner) => {
    const gateway = await start({ peerOwner: async () => owner })
    const refused = await refusal(gateway.port, local(new TestDevice(), []))
    expect(refused.details).toMatchObject({ code: 'PAIRING_REQUIRED' })
  })

  it('the owner without a credential is the owner, and is handed no token for the device (R16)', async () => {
    const gateway = await start()
    const device = new TestDevice()
    const client = await admitted(gateway.port, { device, params: { scopes: ['operator.admin'] } })
    expect(authOf(client)).toEqual({
      role: 'operator',
      scopes: ['operator.admin'],
      method: 'none',
    })
    expect(gateway.desk.book.devices()).toEqual([])
  })
})

describe('security.autoApprove and pairingRequired', () => {
  it('autoApprove lets in what is new, from anywhere, and asks for whatever comes later', async () => {
    const gateway = await start({ policy: { pairing: { required: true, autoApprove: true } } })
    const device = new TestDevice()
    const client = await admitted(gateway.port, asking({ device }))
    expect(authOf(client).deviceToken).toMatch(/^ocd_/)
    await request(gateway.port, { device, scopes: ['operator.admin'] })
    await request(gateway.port, { device, role: 'node' })
  })

  it('pairingRequired: false lets in everything but what was taken away', async () => {
    const gateway = await start({ policy: { pairing: { required: false, autoApprove: false } } })
    const device = new TestDevice()
    await admitted(gateway.port, asking({ device }))
    await admitted(gateway.port, asking({ device, scopes: ['operator.admin'] }))
    await admitted(gateway.port, asking({ device, role: 'node', scopes: [] }))
    const who = await operator(gateway.port)
    await who.call('device.token.revoke', { deviceId: device.id, role: 'node' })
    await request(gateway.port, { device, role: 'node' })
  })

  it.each([
    { required: true, autoApprove: true },
    { required: false, autoApprove: false },
  ])('neither gives more than whoever brings the device holds (R11): %j', async (pairing) => {
    const gateway = await start({
      policy: {
        pairing,
        mode: 'trusted-proxy',
        secrets: [],
        allowLocalDirect: false,
        trustedProxy: { allowUsers: new Set(), allowLoopback: true },
        identityScopes: new Map([['reader', ['operator.read']]]),
      },
      trustedProxies: ['127.0.0.1'],
      network: { userHeader: 'x-user', identityHeaders: new Set(['x-user']) },
    })
    const as = (scopes: readonly string[]): ClientOptions => ({
      device: new TestDevice(),
      headers: { ...REMOTE, 'x-user': 'reader' },
      params: { scopes },
    })
    const client = await admitted(gateway.port, as(['operator.read']))
    // A token would outlive what the proxy says of its user.
    expect(authOf(client)).toEqual({
      role: 'operator',
      scopes: ['operator.read'],
      method: 'trusted-proxy',
    })
    const refused = await refusal(gateway.port, as(['operator.read', 'operator.admin']))
    expect(refused.details).toMatchObject({ code: 'PAIRING_REQUIRED', reason: 'not-paired' })
    expect(gateway.desk.book.requests()).toHaveLength(1)
  })
})
