/** Lessons about invented identities: what a caller says of itself may narrow what it holds, never widen it. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestDevice } from '../src/access/device.fixture.ts'
import { SCOPES } from '../src/access/scopes.ts'
import {
  admitted,
  BASE_PARAMS,
  refusal,
  TestClient,
} from '../src/server/websocket/test-client.fixture.ts'
import { bearer, makeStateDir, REMOTE, runCli, startGateway, TOKEN } from './gateway.ts'
import type { RunningGateway } from './gateway.ts'

const WRONG = 'ba5eba11'.repeat(8)
const KEY = `sk-identity-${'k3y7'.repeat(8)}`
const KEYS = {
  keys: [
    { id: 'k', key_sha256: createHash('sha256').update(KEY).digest('hex'), permissions: ['read'] },
  ],
}
const CONFIG = {
  gateway: { auth: { mode: 'token', token: TOKEN, rateLimit: { maxAttempts: 100 } } },
  security: { apiKeys: { enabled: true } },
}
const at = { gateway: {} as RunningGateway, asked: 0 }
/** Never local, and never from the same address twice, so that no lock answers. */
const fresh = () => {
  at.asked += 1
  return { from: `127.6.${Math.floor(at.asked / 200)}.${(at.asked % 200) + 1}` }
}
const ask = (path: string, headers: object) =>
  at.gateway.ask({ ...fresh(), path, headers: { ...REMOTE, ...headers } })
const connection = (params: object, headers: object = {}) => ({
  ...fresh(),
  headers: { ...REMOTE, ...headers },
  params: { ...params },
})

beforeAll(async () => {
  at.gateway = await startGateway({
    config: CONFIG,
    files: { 'auth/api_keys.json': JSON.stringify(KEYS) },
  })
})
afterAll(async () => at.gateway.stop())

async function scopesOf(params: object, headers: object = {}): Promise<readonly string[]> {
  const client = await admitted(at.gateway.port, connection(params, headers))
  const hello = client.frames.find(({ id }) => id === 'connect')?.payload
  await client.close()
  const auth: { scopes?: readonly string[] } = Object.assign({}, hello?.['auth'])
  return auth.scopes ?? []
}

async function connectAsDevice(auth: { token?: string; deviceToken?: string }) {
  const client = new TestClient(at.gateway.port, { ...connection({}), device: new TestDevice() })
  const answer = await client.connect({ auth, scopes: ['operator.admin'] })
  await client.close()
  return answer
}

describe('R02: scopes', () => {
  it('R02: are those of the record: what a client asks for can only narrow them', async () => {
    const everything = [...SCOPES, 'operator.root', '*', 'admin']
    const auth = { token: KEY }
    expect(await scopesOf({ auth, scopes: everything })).toEqual(['operator.read'])
    expect(await scopesOf({ auth, scopes: ['operator.admin'] })).toEqual([])
    expect(await scopesOf({ auth, scopes: [] })).toEqual([])
    const header = { 'x-openclaw-scopes': 'operator.admin' }
    expect(await scopesOf({ auth, scopes: everything }, header)).not.toContain('operator.admin')
    const { json } = await ask('/api/v1/whoami', { ...bearer(KEY), ...header })
    expect(json).toMatchObject({ principal: { scopes: ['operator.read'] } })
  })

  it('R14: nothing requested is nothing, for the widest secret too', async () => {
    expect(await scopesOf({ auth: { token: TOKEN }, scopes: [] })).toEqual([])
    expect(await scopesOf({ auth: { token: TOKEN }, scopes: undefined })).toEqual([])
    expect(await scopesOf({ auth: { token: TOKEN }, scopes: [' ', 'admin', '*'] })).toEqual([])
    const nothing = { 'x-openclaw-scopes': '' }
    expect(await scopesOf({ auth: { token: TOKEN }, scopes: [...SCOPES] }, nothing)).toEqual([])
  })

  it('R02: a device that nobody approved gets nothing for its own signature', async () => {
    for (const auth of [{}, { token: WRONG }, { deviceToken: WRONG }, { token: TOKEN }]) {
      const { ok, error } = await connectAsDevice(auth)
      expect([auth, ok]).toEqual([auth, false])
      expect(error?.details?.['code']).toMatch(/PAIRING_REQUIRED|^AUTH_|DEVICE_/)
    }
  })
})

describe('R06: an invalid credential beside', () => {
  const BASES: Readonly<Record<string, object>> = {
    nothing: {},
    'a read key': bearer(KEY),
    'the token': bearer(TOKEN),
    'a wrong token': bearer(WRONG),
  }
  const EXTRAS: readonly object[] = [
    { 'x-api-key': `sk-${'0'.repeat(40)}` },
    { 'x-api-key': 'ocd_unknown' },
    { 'x-openclaw-password': WRONG },
    { cookie: 'openclaw_session=unknown', 'x-openclaw-session-proof': 'unknown' },
    { 'x-forwarded-user': 'owner' },
    { 'tailscale-user-login': 'owner@example.com' },
    { 'x-openclaw-scopes': 'operator.admin' },
    { 'x-openclaw-device': 'x', 'x-openclaw-role': 'operator', 'x-openclaw-token': TOKEN },
  ]
  it.each(Object.keys(BASES))('R06: never opens more than %s alone', async (name) => {
    const base = BASES[name] ?? {}
    for (const path of ['/api/v1/whoami', '/api/v1/status', '/api/v1/config']) {
      const alone = await ask(path, base)
      for (const extra of EXTRAS) {
        const both = await ask(path, { ...base, ...extra })
        expect([extra, both.status >= alone.status]).toEqual([extra, true])
        if (path === '/api/v1/whoami' && both.status === 200)
          expect(both.json).toMatchObject({ principal: Object(alone.json).principal })
      }
    }
  })

  it('R06: nor at connect', async () => {
    const extras = [{ deviceToken: WRONG }, { bootstrapToken: 'x' }, { password: WRONG }]
    for (const extra of extras) {
      const refused = await refusal(at.gateway.port, connection({ auth: extra }))
      expect(refused.code).toMatch(/INVALID_REQUEST|NOT_PAIRED/)
      const auth = { token: KEY, ...extra }
      expect(await scopesOf({ auth, scopes: [...SCOPES] })).toEqual(['operator.read'])
    }
  })
})

describe('R07: what a client calls itself', () => {
  const NAMES = [
    { id: 'openclaw-control-ui', mode: 'ui' },
    { id: 'gateway-client', mode: 'backend' },
    { id: 'node-host', mode: 'node' },
    { id: 'openclaw-probe', mode: 'probe' },
    { id: 'test', mode: 'test' },
    { id: 'webchat-ui', mode: 'webchat' },
  ]
  it.each(NAMES)('R07: $id opens nothing', async (name) => {
    const client = { ...BASE_PARAMS.client, ...name, displayName: 'Owner', instanceId: 'owner' }
    const agent = { 'user-agent': `openclaw/${name.id}` }
    const nothing = await refusal(at.gateway.port, connection({ client }, agent))
    // A page hears in its own words what is missing; nobody gets further by a name.
    const page = name.mode === 'webchat' || name.id === 'openclaw-control-ui'
    expect(nothing.details?.['code']).toBe(page ? 'AUTH_TOKEN_MISSING' : 'DEVICE_IDENTITY_REQUIRED')
    const params = { client, auth: { token: KEY }, scopes: [...SCOPES] }
    expect(await scopesOf(params, agent)).toEqual(['operator.read'])
    expect((await ask('/api/v1/whoami', agent)).status).toBe(401)
  })
})

describe('R14: blank is nothing', () => {
  it.each([
    { authorization: 'Bearer' },
    { authorization: 'Bearer ' },
    { authorization: '' },
    { authorization: 'Basic Og==' },
    { 'x-api-key': '' },
    { 'x-openclaw-password': ' ' },
    { cookie: 'openclaw_session=', 'x-openclaw-session-proof': '' },
  ])('R14: %j admits nobody', async (headers) => {
    expect((await ask('/api/v1/whoami', headers)).status).toBe(401)
  })

  it('R14: neither does a blank connect, nor a blank agent or conversation', async () => {
    for (const auth of [{ token: '' }, { password: '' }, { token: ' ' }, { deviceToken: '' }])
      expect((await refusal(at.gateway.port, connection({ auth }))).code).not.toBe('')
    for (const path of ['/api/v1/agents/%20/messages', '/api/v1/sessions/%20/messages']) {
      const body = { message: 'x' }
      const { status } = await at.gateway.ask({
        method: 'POST',
        path,
        body,
        headers: bearer(TOKEN),
      })
      expect([path, status >= 400 && status < 500]).toEqual([path, true])
    }
  })

  it.each([
    { gateway: { auth: { token: '' } } },
    { gateway: { auth: { token: '   ' } } },
    { gateway: { auth: { mode: 'password', password: '' } } },
    { gateway: { auth: { token: TOKEN, mode: '' } } },
    { gateway: { trustedProxies: [''], auth: { token: TOKEN } } },
    { gateway: { controlUi: { allowedOrigins: [''] }, auth: { token: TOKEN } } },
    { gateway: { auth: { token: TOKEN, identityScopes: { '': ['operator.admin'] } } } },
  ])('R14: %j is refused at load', (config) => {
    const { code, stdout, stderr } = runCli(makeStateDir({ config }), ['config', 'validate'])
    expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('gateway.')])
  })
})

describe('R55: what is unknown is refused', () => {
  it.each([
    { role: 'owner' },
    { role: 'admin' },
    { client: { ...BASE_PARAMS.client, mode: 'operator' } },
    { client: { ...BASE_PARAMS.client, id: 'someone' } },
    { auth: { token: TOKEN, agentRuntimeIdentityToken: 'x' } },
    { auth: { token: TOKEN, admin: true } },
    { auth: TOKEN },
    { admin: true },
    { minProtocol: 5, maxProtocol: 9 },
  ])('R55: connect with %j', async (params) => {
    const refused = await refusal(
      at.gateway.port,
      connection({ auth: { token: TOKEN }, ...params }),
    )
    expect(refused.code).toBe('INVALID_REQUEST')
  })

  it.each(['Digest', 'Token', 'OAuth', 'Negotiate', 'Bearer,'])(
    'R55: a scheme of %s is no credential',
    async (scheme) => {
      const headers = { authorization: `${scheme} ${TOKEN}` }
      expect((await ask('/api/v1/whoami', headers)).status).toBe(401)
    },
  )

  it.each([
    { gateway: { auth: { mode: 'open', token: TOKEN } } },
    { gateway: { auth: { mode: ['none'], token: TOKEN } } },
    { gateway: { bind: 'everywhere', auth: { token: TOKEN } } },
    { gateway: { auth: { token: TOKEN, allowlocaldirect: true } } },
    { gateway: { auth: { token: TOKEN, tailscale: 'maybe' } } },
    { channels: { telegram: { dmPolicy: 'anyone' } }, gateway: { auth: { token: TOKEN } } },
    { session: { dmScope: 'everybody' }, gateway: { auth: { token: TOKEN } } },
  ])('R55: %j starts nothing', async (config) => {
    await expect(startGateway({ config })).rejects.toThrow(/ended with 1/)
  })
})
