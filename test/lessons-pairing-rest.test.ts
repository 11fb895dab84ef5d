/** Lessons about approvals over REST: the same answers as over WebSocket, and nothing for strangers (R08, R11). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestDevice } from '../src/access/device.fixture.ts'
import { SCOPES } from '../src/access/scopes.ts'
import { paired, request } from '../src/server/websocket/pairing.fixture.ts'
import { refusal, TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, REMOTE, startGateway, type Answer, type RunningGateway } from './gateway.ts'
import { LESS, lessonGateway, ROOMY } from './lessons-gateway.fixture.ts'

const { at, fresh } = lessonGateway('127.7.1', { maxAttempts: 100 })
const proxy = { gateway: {} as RunningGateway, asked: 0 }

beforeAll(async () => {
  proxy.gateway = await startGateway({
    config: {
      gateway: {
        trustedProxies: ['127.0.0.1'],
        auth: {
          mode: 'trusted-proxy',
          trustedProxy: { userHeader: 'x-user', allowLoopback: true },
          identityScopes: {
            owner: ['operator.admin'],
            ...Object.fromEntries(LESS.map(({ missing, held }) => [`no-${missing}`, held])),
            pairer: ['operator.pairing'],
          },
        },
      },
      security: ROOMY,
    },
  })
})
afterAll(async () => {
  await proxy.gateway.stop()
})

/** A person whom the proxy names. */
const user = (name: string) => ({ 'x-user': name, 'x-forwarded-for': '198.51.100.7' })
const rest = (name: string, method: string, path: string, body?: object): Promise<Answer> =>
  proxy.gateway.ask({ method, path: `/api/v1/devices${path}`, headers: user(name), body })
async function requestOfOwner(scopes: readonly string[], role = 'operator'): Promise<string> {
  const device = new TestDevice()
  const refused = await refusal(proxy.gateway.port, {
    device,
    headers: { ...user('owner'), 'x-forwarded-for': `198.51.100.${proxy.asked++}` },
    params: { scopes, role },
  })
  return String(refused.details?.['requestId'])
}

describe('R11: an approver gives no more than they hold', () => {
  it.each(LESS)('R11: without $missing, over REST', async ({ missing, held }) => {
    const name = `no-${missing}`
    const wide = await rest(name, 'POST', `/requests/${await requestOfOwner([missing])}/approve`)
    expect([wide.status, wide.json]).toMatchObject([
      403,
      { error: { code: 'exceeds_own_scopes', message: `missing scope: ${missing}` } },
    ])
    const fits = await rest(name, 'POST', `/requests/${await requestOfOwner(held)}/approve`)
    expect(fits.status).toBe(200)
  })

  it('R11: and other roles only as an administrator', async () => {
    const node = await rest(
      'no-operator.read',
      'POST',
      `/requests/${await requestOfOwner([], 'node')}/approve`,
    )
    expect([node.status, node.json]).toMatchObject([403, { error: { code: 'not_yours' } }])
  })
})

describe('the REST twins', () => {
  it('answer what the WebSocket methods answer', async () => {
    const requestId = await requestOfOwner(['operator.read'])
    const list = await rest('pairer', 'GET', '')
    expect(list.json).toMatchObject({
      pending: expect.arrayContaining([expect.objectContaining({ requestId })]),
    })
    const approved = await rest('owner', 'POST', `/requests/${requestId}/approve`, {
      expires: '1h',
    })
    expect(approved.json).toMatchObject({
      requestId,
      device: { roles: ['operator'], scopes: ['operator.read'] },
    })
    const { deviceId } = Object(approved.json).device
    const path = `/${deviceId}`
    expect((await rest('owner', 'POST', `${path}/rename`, { label: 'Phone' })).json).toEqual({
      deviceId,
      label: 'Phone',
    })
    const role = { role: 'operator' }
    const rotated = await rest('owner', 'POST', `${path}/token/rotate`, role)
    expect(rotated.json).toMatchObject({ deviceId, tokenDelivery: 'withheld-cross-device' })
    expect(rotated.text).not.toContain('ocd_')
    expect((await rest('owner', 'POST', `${path}/token/revoke`, role)).json).toMatchObject({
      deviceId,
      ...role,
    })
    expect((await rest('owner', 'DELETE', path)).json).toEqual({ deviceId })
    const gone = await rest('owner', 'DELETE', path)
    expect([gone.status, gone.json]).toMatchObject([
      404,
      { error: { message: 'unknown deviceId' } },
    ])
    const rejected = await requestOfOwner(['operator.read'])
    expect((await rest('pairer', 'POST', `/requests/${rejected}/reject`)).json).toMatchObject({
      requestId: rejected,
    })
    const twice = await rest('pairer', 'POST', `/requests/${rejected}/reject`)
    expect([twice.status, twice.json]).toMatchObject([
      404,
      { error: { message: 'unknown requestId' } },
    ])
  })

  it.each([
    ['a blank label', 'rename', { label: '  ' }],
    ['a label with a line', 'rename', { label: 'a\nb' }],
    ['a label of 65', 'rename', { label: 'x'.repeat(65) }],
    ['no role', 'token/rotate', {}],
    ['a blank scope', 'token/rotate', { role: 'operator', scopes: [''] }],
    ['a scope that is none', 'token/rotate', { role: 'operator', scopes: null }],
    ['another member', 'token/revoke', { role: 'operator', all: true }],
  ])('refuse %s', async (_name, what, body) => {
    const { status } = await rest('owner', 'POST', `/nobody/${what}`, body)
    expect(status).toBe(400)
  })

  it('tell a stranger nothing: not which requests and devices there are', async () => {
    const requestId = await request(at.gateway.port, fresh())
    const { device } = await paired(at.gateway.port, fresh())
    const paths = [
      `requests/${requestId}/approve`,
      `requests/x/approve`,
      `${device.id}/rename`,
      'x/rename',
    ]
    const answers = await Promise.all(
      paths.map((path) =>
        at.gateway.ask({
          method: 'POST',
          path: `/api/v1/devices/${path}`,
          headers: { ...REMOTE, ...bearer('ocd_unknown') },
          body: {},
        }),
      ),
    )
    const told = answers.map(({ status, text }) => [
      status,
      text.replace(/"requestId":"[^"]+"/, ''),
    ])
    expect(new Set(told.map(String)).size).toBe(1)
    expect(answers[0]?.status).toBe(401)
  })
})

it('a stranger hears the same of devices that are known and of those that are not', async () => {
  const { device } = await paired(at.gateway.port, fresh())
  const told = async (auth: object, shown: TestDevice, forged: boolean) => {
    const client = new TestClient(at.gateway.port, {
      ...fresh(),
      headers: REMOTE,
      device: forged ? new TestDevice() : shown,
      ...(forged && { tamper: (one) => ({ ...one, id: shown.id, publicKey: shown.publicKey }) }),
    })
    const { error } = await client.connect({ auth, scopes: [...SCOPES] })
    return { ...error, close: await client.closed }
  }
  for (const auth of [{}, { token: 'wrong' }, { deviceToken: 'ocd_x' }, { bootstrapToken: 'x' }])
    for (const forged of [true, false])
      expect(await told(auth, device, forged)).toEqual(await told(auth, new TestDevice(), forged))
})
