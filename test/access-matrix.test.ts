/** Every way into the gateway against everybody who may try it: whatever is not in the table is refused. */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCOPES } from '../src/access/scopes.ts'
import { admitted, refusal } from '../src/server/websocket/test-client.fixture.ts'
import { TestDevice } from '../src/access/device.fixture.ts'
import {
  declared,
  guarded,
  isEnough,
  isForRole,
  MATRIX,
  requestFor,
  routes,
} from './access-matrix.fixture.ts'
import { bearer, startGateway, TOKEN, type Ask, type RunningGateway } from './gateway.ts'

const WRONG = 'ba5eba11'.repeat(8)
const KEYS: Readonly<Record<string, readonly string[]>> = {
  none: [],
  blank: ['', ' '],
  misspelt: ['Read', 'admin', 'operator.admin', '*'],
  read: ['read'],
  write: ['write'],
  tools: ['execute-actions'],
  all: ['read', 'write', 'execute-actions'],
}
const SCOPES_OF: Readonly<Record<string, readonly string[]>> = {
  none: [],
  blank: [],
  misspelt: [],
  read: ['operator.read'],
  write: ['operator.write'],
  tools: ['operator.tools'],
  all: ['operator.read', 'operator.write', 'operator.tools'],
}
const keyOf = (name: string): string => `sk-matrix-${name}-${'k3y7'.repeat(8)}`
const KEY_FILE = {
  keys: Object.entries(KEYS).map(([id, permissions]) => ({
    id,
    key_sha256: createHash('sha256').update(keyOf(id)).digest('hex'),
    permissions,
  })),
}
const CONFIG = {
  gateway: {
    auth: {
      mode: 'token',
      token: TOKEN,
      allowLocalDirect: false,
      rateLimit: { maxAttempts: 100, exemptLoopback: false },
    },
  },
  security: { apiKeys: { enabled: true } },
}
const FOREIGN = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://localhost:1' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
]
const UNKNOWN = ['/api/v1/nothing', '/api/v1', '/api', '/admin', '/.env', '/api/v2/config', '/ws']

const at = { gateway: {} as RunningGateway, guesses: 0 }
const ask = (request: Ask) => at.gateway.ask(request)
/** Every guess from another address, so that no lock answers in place of the rule. */
const elsewhere = (): string => {
  at.guesses += 1
  return `127.9.${Math.floor(at.guesses / 200)}.${(at.guesses % 200) + 1}`
}
const guess = (request: Ask) =>
  ask({ ...request, from: elsewhere(), headers: { ...request.headers, ...bearer(WRONG) } })
/** The answer without the id of its request. */
const said = ({ json }: { json: unknown }): string =>
  JSON.stringify(json, (name, value: unknown) => (name === 'requestId' ? '' : value))

beforeAll(async () => {
  at.gateway = await startGateway({
    config: CONFIG,
    files: { 'auth/api_keys.json': JSON.stringify(KEY_FILE) },
  })
})
afterAll(async () => at.gateway.stop())

describe('R08: the table', () => {
  it('R08: has a row for every operation and an operation for every row, and both agree', () => {
    const fromCode = declared.map(({ name, requires, http, websocket, webchat }) => [
      name,
      { requires, http: http === null ? null : `${http.method} ${http.path}`, websocket, webchat },
    ])
    expect(Object.fromEntries(fromCode)).toEqual(MATRIX)
    expect(declared.length).toBe(Object.keys(MATRIX).length)
    expect(routes.all.map(({ operation }) => operation.name).sort()).toEqual(
      Object.keys(MATRIX)
        .filter((name) => MATRIX[name]?.http !== null)
        .sort(),
    )
  })

  it('R08: is what the running gateway advertises over WebSocket', async () => {
    const client = await admitted(at.gateway.port, {
      params: { auth: { token: TOKEN }, scopes: ['operator.admin'] },
    })
    const hello = client.frames.find(({ id }) => id === 'connect')
    const methods = Object.keys(MATRIX).filter((name) => MATRIX[name]?.websocket === true)
    expect(hello?.payload).toMatchObject({ features: { methods } })
    await client.close()
  })
})

describe('R08: over HTTP', () => {
  it.each(guarded)('R08: $http needs $requires', async ({ http, requires }) => {
    const request = requestFor(http)
    const nobody = await ask(request)
    expect(nobody.status).toBe(401)
    expect(nobody.headers['www-authenticate']).toBe('Bearer')
    const wrong = await guess(request)
    expect(wrong.status).toBe(401)
    expect(said(wrong)).toBe(said(nobody))

    for (const name of Object.keys(KEYS)) {
      const answer = await ask({ ...request, headers: bearer(keyOf(name)) })
      const enough = isEnough(SCOPES_OF[name] ?? [], requires)
      // Past the scope, the made-up member of the input is what stops it, so that nothing is changed.
      expect([name, answer.status, answer.json]).toMatchObject([
        name,
        enough ? 400 : 403,
        {
          error: enough
            ? { code: 'invalid_input' }
            : { code: 'missing_scope', message: `missing scope: ${requires}` },
        },
      ])
    }
    expect((await ask({ ...request, headers: bearer(TOKEN) })).status).toBe(400)
  })

  it('R08: what only reads is answered to whoever may', async () => {
    const reads = guarded.filter(({ http }) => http.startsWith('GET') && !http.includes(':'))
    for (const { http } of reads) {
      const path = http.slice('GET '.length)
      expect([path, (await ask({ path, headers: bearer(TOKEN) })).status]).toEqual([path, 200])
    }
  })

  it('R08, R41: another verb is 401 to strangers and 405 with Allow to principals', async () => {
    const paths = new Set(guarded.map(({ http }) => requestFor(http).path.split('?')[0] ?? ''))
    for (const path of paths) {
      const known = routes.verbs(path)
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
        if (known.includes(method)) continue
        const label = `${method} ${path}`
        expect([label, (await ask({ method, path })).status]).toEqual([label, 401])
        expect([label, (await guess({ method, path })).status]).toEqual([label, 401])
        const answer = await ask({ method, path, headers: bearer(keyOf('none')) })
        expect([label, answer.status, answer.headers.allow]).toEqual([label, 405, known.join(', ')])
      }
    }
  })

  it('R41: an unknown path is 401 to strangers, right path or not, and 404 to principals', async () => {
    const known = said(await ask({ path: '/api/v1/config' }))
    for (const path of UNKNOWN) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await ask({ method, path })
        expect([path, answer.status, said(answer)]).toEqual([path, 401, known])
        expect([path, (await guess({ method, path })).status]).toEqual([path, 401])
        const found = await ask({ method, path, headers: bearer(keyOf('none')) })
        expect([path, found.status]).toEqual([path, 404])
      }
    }
  })
})

describe('R36, R37: a page on another origin', () => {
  it.each(Object.values(MATRIX).flatMap(({ http }) => (http === null ? [] : [{ http }])))(
    'R36, R37: hears the same 403 from $http with right, wrong and no credentials',
    async ({ http }) => {
      const request = requestFor(http)
      for (const headers of FOREIGN) {
        const none = await ask({ ...request, headers })
        const right = await ask({ ...request, headers: { ...headers, ...bearer(TOKEN) } })
        const wrong = await guess({ ...request, headers })
        expect([none.status, right.status, wrong.status]).toEqual([403, 403, 403])
        expect(new Set([none, right, wrong].map(said)).size).toBe(1)
      }
    },
  )

  it('R36: hears the same at connect, whatever it presents', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'http://localhost:1' }]) {
      const heard = []
      for (const auth of [{}, { token: TOKEN }, { token: WRONG }, { token: keyOf('read') }])
        heard.push(await refusal(at.gateway.port, { headers, params: { auth }, from: elsewhere() }))
      expect(heard[0]?.details?.['code']).toBe('CONTROL_UI_ORIGIN_NOT_ALLOWED')
      expect(new Set(heard.map((answer) => JSON.stringify(answer))).size).toBe(1)
    }
  })
})

describe('R08: over WebSocket', () => {
  it('R08: nobody gets a connection without a credential, or with a wrong one', async () => {
    const nobody = await refusal(at.gateway.port, { params: {} })
    expect(nobody.details?.['code']).toBe('DEVICE_IDENTITY_REQUIRED')
    for (const auth of [{ token: WRONG }, { password: WRONG }, { deviceToken: WRONG }]) {
      const wrong = await refusal(at.gateway.port, { params: { auth }, from: elsewhere() })
      expect(wrong.details?.['code']).toMatch(/^AUTH_(TOKEN|PASSWORD|DEVICE_TOKEN)_/)
    }
  })

  const callers = [
    { who: 'a token that asks for nothing', token: TOKEN, asks: [], scopes: [] },
    ...SCOPES.map((scope) => ({
      who: `a token that asks for ${scope}`,
      token: TOKEN,
      asks: [scope],
      scopes: [scope],
    })),
    ...Object.keys(KEYS).map((name) => ({
      who: `a key with ${name} that asks for everything`,
      token: keyOf(name),
      asks: [...SCOPES],
      scopes: SCOPES_OF[name] ?? [],
    })),
    { who: 'a read key that asks for nothing', token: keyOf('read'), asks: [], scopes: [] },
  ]
  it.each(callers)(
    'R08, R02: $who may call what its scopes cover',
    async ({ token, asks, scopes }) => {
      const client = await admitted(at.gateway.port, { params: { auth: { token }, scopes: asks } })
      for (const [name, { requires, websocket }] of Object.entries(MATRIX)) {
        const { ok, error } = await client.call(name, { noSuchMember: 1 })
        if (requires === 'node') {
          expect([name, error?.message]).toEqual([name, 'unauthorized role: operator'])
          continue
        }
        const needed = websocket ? requires : 'operator.admin'
        const expected = !isEnough(scopes, needed)
          ? { code: 'FORBIDDEN', message: `missing scope: ${needed}` }
          : {
              code: 'INVALID_REQUEST',
              message: expect.stringMatching(
                websocket ? `^invalid ${name} params: ` : `^unknown method: ${name}$`,
              ),
            }
        expect([name, ok, error]).toMatchObject([name, false, expected])
      }
      await client.close()
    },
  )
})

describe('S0: the roles over WebSocket', () => {
  it.each(['node', 'webchat'] as const)(
    'R08: a %s may call what is for its role, and nothing else, with any scopes',
    async (role) => {
      const client = await admitted(at.gateway.port, {
        device: new TestDevice(),
        params: { role, auth: { token: TOKEN }, scopes: [...SCOPES] },
      })
      for (const [name, row] of Object.entries(MATRIX)) {
        const { ok, error } = await client.call(name, { noSuchMember: 1 })
        const message = isForRole(role, row)
          ? expect.stringMatching(`^invalid ${name} params: `)
          : `unauthorized role: ${role}`
        expect([name, ok, error]).toMatchObject([name, false, { code: 'INVALID_REQUEST', message }])
        // Eleven calls in the wrong role would end the connection.
        expect((await client.call('health')).ok).toBe(true)
      }
      for (const name of ['nothing', 'connect', 'node.nothing'])
        expect((await client.call(name)).error?.message).toBe(`unauthorized role: ${role}`)
      await client.close()
    },
  )

  it('R32: eleven calls in the wrong role end the connection, for each role', async () => {
    for (const role of ['node', 'webchat', 'operator']) {
      const client = await admitted(at.gateway.port, {
        device: new TestDevice(),
        params: { role, auth: { token: TOKEN }, scopes: [] },
      })
      const foreign = role === 'operator' ? 'node.event' : 'status'
      for (let n = 0; n < 11; n += 1) client.send({ type: 'req', id: String(n), method: foreign })
      expect(await client.closed).toEqual({ code: 1008, reason: 'repeated unauthorized calls' })
    }
  })

  it.each(['node', 'webchat'] as const)(
    'R08: the token of a %s does no more over HTTP',
    async (role) => {
      const client = await admitted(at.gateway.port, {
        device: new TestDevice(),
        params: { role, auth: { token: TOKEN }, scopes: [] },
      })
      const hello = client.frames.find(({ id }) => id === 'connect')
      const { deviceToken } = Object(hello?.payload?.['auth'])
      for (const { name, http, requires } of guarded) {
        const answer = await ask({ ...requestFor(http), headers: bearer(deviceToken) })
        const may = requires === 'principal' || (role === 'webchat' && MATRIX[name]?.webchat)
        expect([name, answer.status, answer.json]).toMatchObject([
          name,
          may ? 400 : 403,
          { error: { code: may ? 'invalid_input' : 'role_not_allowed' } },
        ])
      }
      await client.close()
    },
  )

  it('no scope makes a caller a node', async () => {
    const client = await admitted(at.gateway.port, {
      params: { auth: { token: TOKEN }, scopes: [...SCOPES] },
    })
    for (const [name, { requires }] of Object.entries(MATRIX)) {
      if (requires !== 'node') continue
      const { error } = await client.call(name)
      expect([name, error?.message]).toEqual([name, 'unauthorized role: operator'])
    }
    await client.close()
  })
})

describe('R41: what strangers may see', () => {
  const probes = ['/health', '/healthz', '/ready', '/readyz', '/startup', '/startupz']
  const page = readdirSync(join(import.meta.dirname, '../dist/ui'), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).split('/dist/ui')[1] ?? '')

  it.each(['/', ...probes, ...page])('R41: %s says the same to everybody', async (path) => {
    const nobody = await ask({ path })
    const others = [
      await guess({ path }),
      await ask({ path, headers: bearer(TOKEN) }),
      await ask({ path, headers: { ...bearer(TOKEN), 'x-forwarded-for': '203.0.113.7' } }),
    ]
    expect(nobody.status).toBe(200)
    for (const { status, text, headers } of others) {
      expect([status, text]).toEqual([200, nobody.text])
      expect(headers['set-cookie']).toBeUndefined()
    }
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await ask({ method, path })).status).toBe(401)
  })

  it('R41: nothing else of the page folder, and no file of the host', async () => {
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/index.js',
      '/main.js',
      '/ui/',
    ])
      expect([path, (await ask({ path })).status]).toEqual([path, 401])
  })

  it('R41: a login without a right secret says one thing only', async () => {
    const login = (body: unknown) =>
      ask({ method: 'POST', path: '/api/v1/session', body, from: elsewhere() })
    const wrong = [
      await login({ secret: WRONG }),
      await login({ secret: keyOf('unknown') }),
      await login({ link: 'nothing' }),
      await login({ link: WRONG }),
    ]
    expect(wrong.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    expect(new Set(wrong.map(said)).size).toBe(1)
    expect((await login({})).status).toBe(400)
    expect((await login({ secret: WRONG, link: WRONG })).status).toBe(400)
  })
})

describe('R09: what is authorized is what is dispatched', () => {
  const spellings = (path: string): readonly string[] => [
    path.replace('/api', '//api'),
    path.replace('/v1/', '/v1//'),
    path.replace('/v1/', '/v1/./'),
    path.replace('/v1/', '/v1/health/../'),
    path.replace('/v1/', '/v1/health/%2e%2e/'),
    path.replace('/v1/', '/v1%2f'),
    path.replace('/v1/', '/v1%2F'),
    path.replace('/v1/', '/v1\\'),
    path.replace(/(?<=v1\/)\w/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    path.replace(/(?<=v1\/)\w/, (letter) => `%25${letter.charCodeAt(0).toString(16)}`),
    path.toUpperCase(),
    path.replace('/api', '/API'),
    `${path}/`,
    `${path}.`,
    `${path}%00`,
    `${path};x=1`,
    `${path}%3fx=1`,
    `${path}%20`,
    `/health/..${path}`,
    `/health;${path}`,
    `/index.html/..${path}`,
    `/api/v1/session/..${path.slice('/api/v1'.length)}`,
  ]
  const OVERRIDES = [
    { 'x-original-url': '/api/v1/config' },
    { 'x-rewrite-url': '/api/v1/config' },
    { 'x-http-method-override': 'DELETE' },
    { 'x-forwarded-prefix': '/api/v1/config' },
    { 'x-forwarded-path': '/api/v1/config' },
  ]

  it.each(guarded.filter(({ requires }) => requires === 'operator.admin'))(
    'R09: no spelling of $http gets past its scope',
    async ({ http }) => {
      const { method, path, body } = requestFor(http)
      for (const spelling of spellings(path.split('?')[0] ?? '')) {
        const request = { method, body, path: path.replace(/^[^?]*/, () => spelling) }
        const nobody = await ask(request)
        const narrow = await ask({ ...request, headers: bearer(keyOf('all')) })
        const wide = await ask({ ...request, headers: bearer(TOKEN) })
        // 404: nothing is there for anybody. Otherwise it is the route itself, and the scope of that route holds.
        const reached = wide.status !== 404 && wide.status !== 405
        const seen = [spelling, nobody.status, narrow.status]
        expect(seen).toEqual([spelling, 401, reached ? 403 : wide.status])
      }
    },
  )

  it('R09: neither Host nor any header chooses another path, and an absolute target must agree', async () => {
    const narrow = bearer(keyOf('read'))
    for (const headers of OVERRIDES) {
      const answer = await ask({ path: '/api/v1/whoami', headers: { ...narrow, ...headers } })
      expect([answer.status, answer.json]).toMatchObject([200, { principal: { id: 'read' } }])
    }
    for (const host of ['evil.example', 'localhost', '[::1]', 'evil.example:1'])
      expect((await ask({ path: '/api/v1/config', headers: { ...narrow, host } })).status).toBe(403)
    for (const host of ['a/b', 'a b', 'user@host', 'a,b', '/api/v1/health?'])
      expect((await ask({ path: '/api/v1/config', headers: { ...narrow, host } })).status).toBe(400)

    const absolute = `http://127.0.0.1:${at.gateway.port}/api/v1/config`
    expect((await ask({ path: absolute, headers: narrow })).status).toBe(403)
    const other = 'http://evil.example/api/v1/health'
    expect((await ask({ path: other, headers: bearer(TOKEN) })).status).toBe(400)
  })
})
