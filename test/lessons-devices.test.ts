/** Lessons about approved devices: never more than the approval, nothing after it ended, and no loops on the way. */
import { describe, expect, it } from 'vitest'
import { TestDevice } from '../src/access/device.fixture.ts'
import { SCOPES } from '../src/access/scopes.ts'
import {
  approve,
  asking,
  authOf,
  operator,
  paired,
  request,
  returning,
  tokenIn,
  type Paired,
} from '../src/server/websocket/pairing.fixture.ts'
import { admitted, refusal, TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, REMOTE, startGateway, TOKEN } from './gateway.ts'
import { lessonGateway } from './lessons-gateway.fixture.ts'

const { at, fresh, ask } = lessonGateway('127.8.0', { maxAttempts: 5 })
async function act(method: string, params: object): Promise<void> {
  const who = await operator(at.gateway.port)
  const { error } = await who.call(method, params)
  await who.close()
  expect(error).toBeUndefined()
}

/** Every way to come back, with all that a device may show. */
const WAYS: Readonly<
  Record<string, (one: Paired) => { auth: object; headers?: Record<string, string> }>
> = {
  'its token': ({ token }) => ({ auth: { deviceToken: token } }),
  'its token in two fields': ({ token }) => ({ auth: { token, deviceToken: token } }),
  'its token as a password': ({ token }) => ({ auth: { password: token } }),
  'its token in a header': ({ token }) => ({
    auth: {},
    headers: bearer(token) as Record<string, string>,
  }),
  'its token beside a guess': ({ token }) => ({ auth: { token: 'guess', deviceToken: token } }),
  'the shared token': () => ({ auth: { token: TOKEN } }),
  'both tokens': ({ token }) => ({ auth: { token: TOKEN, deviceToken: token } }),
  'the shared token in a header': () => ({
    auth: {},
    headers: bearer(TOKEN) as Record<string, string>,
  }),
}

describe.each(Object.entries(WAYS))('R04: back with %s', (_name, way) => {
  it.each([
    ['all scopes', [...SCOPES]],
    ['one more', ['operator.read', 'operator.write']],
    ['administration alone', ['operator.admin']],
    ['what it has', ['operator.read']],
    ['words that mean nothing', ['*', 'operator.*', 'operator.root', 'OPERATOR.ADMIN', ' ']],
    ['nothing', []],
  ])('R04: a device that asks for %s has no more than was approved', async (_asked, scopes) => {
    const one = await paired(at.gateway.port, fresh())
    const { auth, headers = {} } = way(one)
    const options = { device: one.device, ...fresh(), headers: { ...REMOTE, ...headers } }
    const client = new TestClient(at.gateway.port, options)
    const { ok, error } = await client.connect({ auth, scopes })
    const beyond = scopes.some(
      (scope) => SCOPES.some((known) => known === scope) && scope !== 'operator.read',
    )
    expect(ok).toBe(!beyond)
    if (beyond) expect(error?.details?.['code']).toMatch(/^(PAIRING_REQUIRED|AUTH_SCOPE_MISMATCH)$/)
    else expect(authOf(client).scopes).toEqual(scopes.filter((scope) => scope === 'operator.read'))
    await client.close()
  })
})

describe.each([
  ['device.token.revoke', { role: 'operator' }],
  ['device.pair.remove', {}],
])('R15: after %s', (method, more) => {
  it('R15: no way leads back but another approval, over a restart too', async () => {
    const scopes = ['operator.read', 'operator.pairing']
    const device = new TestDevice()
    // Here and with the shared token: what would be approved unasked, were it new.
    const local = { device, params: { auth: { token: TOKEN }, scopes } }
    const client = await admitted(at.gateway.port, local)
    const one = { device, role: 'operator', scopes, token: tokenIn(client) }
    const before = await request(at.gateway.port, { ...fresh(), device, scopes: [...SCOPES] })
    await act(method, { deviceId: device.id, ...more })
    expect(await client.closed).toEqual({ code: 4001, reason: 'device removed' })

    const closed = async (): Promise<void> => {
      for (const options of [local, asking({ device, ...fresh() })])
        expect((await refusal(at.gateway.port, options)).details).toMatchObject({
          code: 'PAIRING_REQUIRED',
          reason: 'not-paired',
        })
      const dead = await refusal(at.gateway.port, { ...returning(one), ...fresh() })
      expect(dead.details).toMatchObject({ code: 'AUTH_DEVICE_TOKEN_MISMATCH' })
      expect((await ask(one.token, '/api/v1/whoami')).status).toBe(401)
    }
    await closed()
    const stale = await (
      await operator(at.gateway.port)
    ).call('device.pair.approve', { requestId: before })
    expect(stale.error?.message).toBe('unknown requestId')
    const { dir, port } = at.gateway
    await at.gateway.stop('SIGKILL')
    at.gateway = await startGateway({ dir, args: ['--port', String(port)] })
    await closed()

    // Another request than the one that waits now, which is for more.
    const wide = await request(at.gateway.port, { device, ...fresh() })
    const who = await operator(at.gateway.port)
    expect(await who.call('device.pair.reject', { requestId: wide })).toMatchObject({ ok: true })
    await approve(at.gateway.port, await request(at.gateway.port, { device, ...fresh() }))
    const back = await admitted(at.gateway.port, asking({ device, ...fresh() }))
    expect(tokenIn(back)).not.toBe(one.token)
    // The approval was of reading; what it had before is not back.
    const wider = await refusal(at.gateway.port, asking({ device, ...fresh(), scopes }))
    expect(wider.details).toMatchObject({ reason: 'scope-upgrade' })
    await back.close()
  })
})

it('R15: a browser that a device has logged in is out when the device is', async () => {
  const one = await paired(at.gateway.port, { ...fresh(), scopes: ['operator.admin'] })
  const live = await admitted(at.gateway.port, returning(one))
  const { payload } = await live.call('login-link.create', {})
  const link = /#login=(.+)$/.exec(String(payload?.['url']))?.[1]
  const origin = `http://127.0.0.1:${at.gateway.port}`
  const login = await at.gateway.ask({
    method: 'POST',
    path: '/api/v1/session',
    headers: { origin },
    body: { link },
  })
  const [cookie = ''] = login.headers['set-cookie'] ?? []
  const proof = Object(login.json).proof
  const headers = {
    ...REMOTE,
    cookie: cookie.split(';')[0],
    'x-openclaw-session-proof': String(proof),
  }
  const status = async () => (await at.gateway.ask({ path: '/api/v1/config', headers })).status
  expect(await status()).toBe(200)
  await act('device.token.revoke', { deviceId: one.device.id, role: 'operator' })
  expect(await status()).toBe(401)
})

describe('R64, R66: scopes that a client learns to ask for', () => {
  it('R64: on this host, with the token, it has them at once and without a loop', async () => {
    const device = new TestDevice()
    const asked = [
      ['operator.read'],
      ['operator.pairing'],
      ['operator.read'],
      ['operator.admin'],
      [...SCOPES],
    ]
    const tokens = new Set<string>()
    for (const scopes of asked) {
      const params = { auth: { token: TOKEN }, scopes }
      const client = await admitted(at.gateway.port, { device, params })
      expect(authOf(client).scopes).toEqual(scopes)
      tokens.add(tokenIn(client))
      await client.close()
    }
    expect(tokens.size).toBe(1)
  })

  it('R66: elsewhere it makes one request, hears what to do, and keeps what it has meanwhile', async () => {
    const one = await paired(at.gateway.port, fresh())
    const wide = { device: one.device, ...fresh(), scopes: ['operator.read', 'operator.approvals'] }
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => refusal(at.gateway.port, asking(wide))),
    )
    const ids = new Set(answers.map(({ details }) => details?.['requestId']))
    expect(ids.size).toBe(1)
    const [requestId] = ids
    expect(answers[0]?.details).toMatchObject({
      code: 'PAIRING_REQUIRED',
      reason: 'scope-upgrade',
      remediationHint: expect.stringContaining(`openclaw devices approve ${String(requestId)}`),
      approvedScopes: ['operator.read'],
    })
    await (await admitted(at.gateway.port, returning(one))).close()
    await approve(at.gateway.port, String(requestId))
    const { token } = one
    expect(authOf(await admitted(at.gateway.port, asking(wide)))).toMatchObject({
      deviceToken: token,
    })
    const after = { ...one, scopes: wide.scopes }
    expect(authOf(await admitted(at.gateway.port, returning(after))).scopes).toEqual(wide.scopes)
  })

  it('R66: those of newer clients, which this gateway does not know, ask for nothing', async () => {
    const one = await paired(at.gateway.port, fresh())
    const scopes = ['operator.read', 'operator.questions', 'operator.talk.secrets']
    for (const options of [returning(one, { scopes }), asking({ device: one.device, scopes })])
      expect(authOf(await admitted(at.gateway.port, options)).scopes).toEqual(['operator.read'])
  })
})
