import { describe, expect, it } from 'vitest'
import { live, NEXT_TOKEN } from '../../access/scene.fixture.ts'
import { Secret } from '../../core/secret.ts'
import { stoppedAfterEach } from './stopped-after-each.fixture.ts'
import { admitted, refusal, REMOTE } from './test-client.fixture.ts'
import { testGateway, TOKEN } from './test-gateway.fixture.ts'

const start = stoppedAfterEach(testGateway)

const key = {
  id: 'k1',
  name: 'Deploy',
  scopes: ['operator.read'] as const,
  expiresAt: null,
  revokedAt: null,
  rateLimit: null,
}
const API_KEY = `sk-${'a'.repeat(40)}`
const keys = { find: (digest: string) => (digest === new Secret(API_KEY).digest() ? key : null) }

describe('an admitted connect', () => {
  it.each([
    { name: 'the token', params: { auth: { token: TOKEN } }, method: 'token' },
    {
      name: 'the token in the field of the password',
      params: { auth: { password: TOKEN } },
      method: 'token',
    },
    {
      name: 'the token in every field',
      params: { auth: { token: TOKEN, password: TOKEN, deviceToken: TOKEN } },
      method: 'token',
    },
    {
      name: 'the token in a header of the upgrade',
      headers: { authorization: `Bearer ${TOKEN}` },
      method: 'token',
    },
    {
      name: 'the successor during a rotation',
      params: { auth: { token: NEXT_TOKEN } },
      method: 'token',
    },
    { name: 'an API key', params: { auth: { token: API_KEY } }, method: 'token' },
    { name: 'an API key in its header', headers: { 'x-api-key': API_KEY }, method: 'token' },
    {
      name: 'a field that only other gateways read',
      params: { auth: { token: TOKEN, approvalRuntimeToken: 'x' } },
      method: 'token',
    },
  ])('takes $name', async ({ params, headers, method }) => {
    const gateway = await start({
      policy: {
        apiKeysEnabled: true,
        secrets: [live(TOKEN), live(NEXT_TOKEN, 'token', 'secondary')],
      },
      access: { apiKeys: keys },
    })
    const client = await admitted(gateway.port, {
      headers: { ...REMOTE, ...headers },
      ...(params !== undefined && { params }),
    })
    const hello = await client.heard(({ id }) => id === 'connect')
    expect(hello.payload).toMatchObject({
      auth: { role: 'operator', scopes: ['operator.read'], method },
    })
    expect(gateway.written[0]?.failures).toEqual([])
  })

  it('takes a web session: the cookie of the upgrade and the proof in the frame', async () => {
    const session = {
      idDigest: new Secret('cookie').digest(),
      proofDigest: new Secret('proof').digest(),
      principal: {
        kind: 'owner',
        id: 'owner',
        displayName: 'Owner',
        role: 'operator',
        scopes: ['operator.admin'],
        credentialId: null,
      },
      madeBy: null,
      createdAt: Date.now(),
      lastSeenAt: Date.now(),
    } as const
    const sessions = {
      idleMs: 60_000,
      find: (id: string) => (id === session.idDigest ? session : null),
    }
    const gateway = await start({ access: { sessions } })
    const headers = { ...REMOTE, cookie: 'other=1; openclaw_session=cookie' }
    const right = await admitted(gateway.port, {
      headers,
      params: { auth: { sessionProof: 'proof' } },
    })
    expect((await right.call('test.echo', { text: 'hi' })).ok).toBe(true)

    const inHeader = { ...headers, 'x-openclaw-session-proof': 'proof' }
    expect((await admitted(gateway.port, { headers: inHeader })).frames[1]?.ok).toBe(true)
    const twice = { headers: inHeader, params: { auth: { sessionProof: 'proof' } } }
    await admitted(gateway.port, twice)
    expect(gateway.written.at(-1)?.failures).toEqual([])

    const guess = { headers, params: { auth: { sessionProof: 'guess' } } }
    expect((await refusal(gateway.port, guess)).details).toMatchObject({
      code: 'AUTH_UNAUTHORIZED',
    })
    await admitted(gateway.port, { headers: inHeader, params: { auth: { sessionProof: 'guess' } } })
    expect(gateway.written.at(-1)?.failures).toHaveLength(1)
  })

  it('takes the owner on this host without a credential, as method none', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, { params: { scopes: ['operator.admin'] } })
    const hello = await client.heard(({ id }) => id === 'connect')
    expect(hello.payload?.['auth']).toEqual({
      role: 'operator',
      scopes: ['operator.admin'],
      method: 'none',
    })
    expect(gateway.written[0]).toMatchObject({ method: 'local', principal: 'owner:owner' })
  })

  it.each([
    {
      name: 'a person whom the proxy named',
      policy: {
        mode: 'trusted-proxy' as const,
        trustedProxy: { allowUsers: new Set<string>(), allowLoopback: true },
        secrets: [],
        allowLocalDirect: false,
      },
      headers: { 'x-user': 'nick', ...REMOTE },
      method: 'trusted-proxy',
    },
  ])('takes $name', async ({ policy, headers, method }) => {
    const gateway = await start({
      policy,
      trustedProxies: ['127.0.0.1'],
      network: { userHeader: 'x-user', identityHeaders: new Set(['x-user']) },
    })
    const client = await admitted(gateway.port, { headers, params: { scopes: ['operator.write'] } })
    const hello = await client.heard(({ id }) => id === 'connect')
    expect(hello.payload?.['auth']).toEqual({
      role: 'operator',
      scopes: ['operator.write'],
      method,
    })
    expect(gateway.presence.entries()[1]).toMatchObject({ ip: '203.0.113.9', user: { id: 'nick' } })
  })

  it('knows control as the old word for operator, and both protocols', async () => {
    const gateway = await start()
    for (const [minProtocol, maxProtocol, answered] of [
      [3, 3, 3],
      [4, 4, 4],
      [3, 4, 4],
      [1, 9, 4],
      [1, 3, 3],
    ]) {
      const client = await admitted(gateway.port, {
        params: { minProtocol, maxProtocol, role: 'control', auth: { token: TOKEN } },
      })
      const hello = await client.heard(({ id }) => id === 'connect')
      expect(hello.payload).toMatchObject({ protocol: answered, auth: { role: 'operator' } })
      await client.close()
    }
  })

  it('gives a client no scope that it did not ask for, none that is unknown, and none beyond its grant (R02, R05)', async () => {
    const gateway = await start({ policy: { apiKeysEnabled: true }, access: { apiKeys: keys } })
    const scopesOf = async (
      params: Record<string, unknown>,
      headers: Record<string, string> = {},
    ) => {
      const client = await admitted(gateway.port, { params, headers: { ...REMOTE, ...headers } })
      const hello = await client.heard(({ id }) => id === 'connect')
      await client.close()
      return hello.payload?.['auth']
    }
    const token = { auth: { token: TOKEN } }
    const wide = ['operator.write', 'operator.root', 'operator.read', 'operator.write']
    expect(await scopesOf({ ...token, scopes: wide })).toMatchObject({
      scopes: ['operator.write', 'operator.read'],
    })
    expect(await scopesOf({ ...token, scopes: undefined })).toMatchObject({ scopes: [] })
    expect(
      await scopesOf({ auth: { token: API_KEY }, scopes: ['operator.admin', 'operator.read'] }),
    ).toMatchObject({ scopes: ['operator.read'] })
    const capped = { 'x-openclaw-scopes': 'operator.read' }
    expect(
      await scopesOf({ ...token, scopes: ['operator.admin', 'operator.read'] }, capped),
    ).toMatchObject({ scopes: ['operator.read'] })
    expect(
      await scopesOf({ ...token, scopes: ['operator.read'] }, { 'x-openclaw-scopes': '' }),
    ).toMatchObject({ scopes: [] })
  })

  it('decides alike whatever the client calls itself (R07)', async () => {
    const gateway = await start({ guesses: { maxAttempts: 100 } })
    const modes = ['webchat', 'cli', 'ui', 'backend', 'node', 'worker', 'probe', 'test']
    const ids = [
      'webchat-ui',
      'openclaw-control-ui',
      'openclaw-tui',
      'cli',
      'gateway-client',
      'node-host',
      'openclaw-probe',
    ]
    for (const [index, mode] of modes.entries()) {
      const client = { id: ids[index % ids.length], mode, version: '1', platform: 'linux' }
      const params = { client, userAgent: 'x', auth: { token: TOKEN } }
      const right = await admitted(gateway.port, { params, headers: REMOTE })
      const hello = await right.heard(({ id }) => id === 'connect')
      expect(hello.payload).toMatchObject({ auth: { scopes: ['operator.read'] } })
      await right.close()
      const wrong = { ...params, auth: { token: 'wrong' } }
      expect(
        (await refusal(gateway.port, { params: wrong, headers: REMOTE })).details,
      ).toMatchObject({ code: 'AUTH_TOKEN_MISMATCH' })
    }
  })

  it('counts what was wrong beside a right token, and records it once', async () => {
    const gateway = await start()
    const client = await admitted(gateway.port, {
      params: { auth: { token: TOKEN, password: 'guess' } },
      headers: REMOTE,
    })
    await client.call('health')
    expect(gateway.written.map(({ operation, failures }) => [operation, failures.length])).toEqual([
      ['connect', 1],
      ['health', 0],
    ])
  })

  it('answers on any path, every connection with its own nonce', async () => {
    const gateway = await start()
    const clients = await Promise.all([
      admitted(gateway.port),
      admitted(gateway.port, { path: '/any/path?x=1' }),
    ])
    expect(gateway.caps.waiting).toBe(0)
    const nonces = clients.map(({ frames }) => frames[0]?.payload?.['nonce'])
    expect(new Set(nonces).size).toBe(2)
  })
})
