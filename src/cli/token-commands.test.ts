import { describe, expect, it } from 'vitest'
import { NOW, testContext } from './context.fixture.ts'
import { closeGatewaysAfterEach, gateway } from './gateway.fixture.ts'
import type { Parts } from './parts.ts'
import { run } from './run.ts'

closeGatewaysAfterEach()

describe('rotation', () => {
  it('rotate prints the token alone on standard output, and what to do beside it', async () => {
    const rotated = {
      token: 'f'.repeat(64),
      fingerprint: 'sha256:bbbbbbbb',
      previous: 'sha256:aaaaaaaa',
    }
    const { openclaw } = await gateway({ 'token.rotate': rotated })
    const { code, out, err } = await openclaw('token', 'rotate')
    expect([code, out]).toEqual([0, `${'f'.repeat(64)}\n`])
    expect(err).toMatch(/sha256:bbbbbbbb[\s\S]*token promote/)
    expect(err).not.toContain(rotated.token)
    expect(JSON.parse((await openclaw('token', 'rotate', '--json')).out)).toEqual(rotated)
  })

  it('status lists who used what, and what comes next', async () => {
    const slot = (fingerprint: string) => ({
      fingerprint,
      source: 'openclaw.json',
      lastUsedAt: null,
    })
    const client = {
      address: '192.0.2.1',
      principal: 'shared:token',
      client: 'researcher',
      lastUsedAt: NOW,
      uses: 3,
      connected: true,
    }
    const state = {
      mode: 'token',
      primary: slot('sha256:aaaaaaaa'),
      secondary: slot('sha256:bbbbbbbb'),
      clients: [{ ...client, fingerprint: 'sha256:aaaaaaaa' }],
      rotation: { running: true, stragglers: 1, ready: false },
    }
    const { out } = await (await gateway({ 'token.status': state })).openclaw('token', 'status')
    expect(out).toMatch(/192\.0\.2\.1 +researcher +- +sha256:aaaaaaaa \(old\) +connected now/)
    expect(out).toContain('1 client used the old token')
    expect(out).toContain('then `openclaw token promote`')
    const elsewhere = { ...state, rotation: { ...state.rotation, rotatable: false } }
    const kept = await (await gateway({ 'token.status': elsewhere })).openclaw('token', 'status')
    expect(kept.out).toContain('where it is kept (docs/tokens.md)')
    expect(kept.out).not.toContain('token promote')
    const used = [{ ...client, fingerprint: 'hmac:80d28327' }]
    const none = { ...state, mode: 'password', primary: null, secondary: null, clients: used }
    const password = await (await gateway({ 'token.status': none })).openclaw('token', 'status')
    expect(password.out).toContain('the mode is password, which has none')
    expect(password.out).toMatch(/hmac:80d28327 +connected now/)
    expect(password.out).not.toMatch(/token rotate|gone/)
  })

  it('promote offers to revoke what the old token made, and passes --force on', async () => {
    const promoted = {
      promoted: 'sha256:bbbbbbbb',
      dropped: 'sha256:aaaaaaaa',
      stragglers: [{ address: '192.0.2.1', client: '' }],
      created: [
        {
          kind: 'api-key',
          id: 'ci',
          name: 'CI',
          createdAt: NOW,
          revoke: 'openclaw api-keys revoke ci',
        },
      ],
    }
    const { openclaw, server } = await gateway({ 'token.promote': promoted })
    const { code, out } = await openclaw('token', 'promote', '--force')
    expect(code).toBe(0)
    for (const words of ['no longer valid', 'cut off: 192.0.2.1', 'openclaw api-keys revoke ci'])
      expect(out).toContain(words)
    expect(server.received[0]?.params).toEqual({ force: true })
  })
})

describe('R67: dashboard', () => {
  it('prints a link, says that it works once, and starts no program that would show it to others', async () => {
    const link = { url: 'http://127.0.0.1:18789/#login=abc', expiresAt: NOW + 600_000 }
    const { openclaw } = await gateway({ 'login-link.create': link })
    expect(await openclaw('dashboard')).toEqual({
      code: 0,
      out: `${link.url}\n`,
      err: expect.stringContaining('It works once, for 10m'),
    })
    expect(JSON.parse((await openclaw('dashboard', '--json', '--no-open')).out)).toEqual(link)
  })

  it('says why there is none', async () => {
    const { context, written } = testContext()
    expect(await run(['dashboard'], context)).toBe(1)
    expect(written.err).toContain('openclaw gateway')
  })
})

describe('agent', () => {
  it('prints the answer, free of what a terminal obeys', async () => {
    const end = {
      runId: 'run-1',
      sessionKey: 'agent:main:main',
      status: 'ok',
      result: { payloads: [{ text: 'hello\n\u001b[2J', mediaUrl: null }, { text: 'you' }] },
    }
    const accepted = { runId: 'run-1', status: 'accepted' }
    const { openclaw, server } = await gateway({ agent: () => ({ accepted, payload: end }) })
    expect(await openclaw('agent', '--message', '/whoami')).toEqual({
      code: 0,
      out: 'hello\n?[2J\nyou\n',
      err: '',
    })
    expect(server.received[0]?.params).toEqual({
      message: '/whoami',
      agentId: 'main',
      idempotencyKey: expect.stringMatching(/^[\w-]{36}$/),
    })
    expect(JSON.parse((await openclaw('agent', '--message', 'x', '--json')).out)).toEqual({
      reply: 'hello\n\u001b[2J\nyou',
      sessionKey: 'agent:main:main',
      runId: 'run-1',
    })
  })

  it('an agent’s id is no more than that, whatever stands in it', async () => {
    const { openclaw, server } = await gateway({})
    await openclaw('agent', '--message', 'x', '--agent', '../../token/rotate', '--session', 's')
    expect(server.received).toMatchObject([
      {
        method: 'agent',
        params: { message: 'x', agentId: '../../token/rotate', sessionKey: 's' },
      },
    ])
  })
})

describe('lockouts', () => {
  it('lists and clears', async () => {
    const locks = {
      lockouts: [
        {
          address: '203.0.113.9',
          class: 'shared',
          until: '2026-11-20T12:05:00.000Z',
          retryAfterMs: 1,
        },
      ],
    }
    const { openclaw, server } = await gateway({
      'lockouts.list': locks,
      'lockouts.clear': ({ params }) => ({
        payload: { cleared: Object.keys(params ?? {}).length },
      }),
    })
    expect((await openclaw('lockouts', 'list')).out).toMatch(
      /203\.0\.113\.9 +shared +2026-11-20 \d\d:05:00/,
    )
    expect((await openclaw('lockouts', 'clear', '2001:db8::/64')).out).toBe('1 lock cleared\n')
    expect((await openclaw('lockouts', 'clear')).out).toBe('nothing was locked\n')
    expect(server.received.slice(1).map(({ params }) => params)).toEqual([
      { address: '2001:db8::/64' },
      {},
    ])
  })

  it('says that nobody is locked out', async () => {
    expect(
      (await (await gateway({ 'lockouts.list': { lockouts: [] } })).openclaw('lockouts', 'list'))
        .out,
    ).toContain('no address')
  })
})

describe('api-keys', () => {
  const made = { id: 'ci', key: 'sk-0123', name: 'CI', expiresAt: null }

  it('go through the gateway while it runs, and never past it', async () => {
    const { openclaw, server } = await gateway({
      'api-keys.create': made,
      'api-keys.rotate': made,
      'api-keys.revoke': { id: 'ci' },
      'api-keys.list': { keys: [] },
    })
    const created = await openclaw(
      'api-keys',
      'create',
      '--name',
      'CI',
      '--permissions',
      'read, write',
      '--expires',
      '30d',
      '--rate-limit',
      '5',
    )
    expect(created).toMatchObject({
      code: 0,
      out: 'sk-0123\n',
      err: expect.stringContaining('openclaw api-keys revoke ci'),
    })
    expect(server.received[0]?.params).toEqual({
      name: 'CI',
      permissions: ['read', 'write'],
      expires: '30d',
      rateLimit: 5,
    })
    expect((await openclaw('api-keys', 'rotate', 'ci')).out).toBe('sk-0123\n')
    expect((await openclaw('api-keys', 'revoke', 'ci')).out).toBe('the key ci is no longer valid\n')
    expect((await openclaw('api-keys', 'list')).out).toContain('there are no API keys')
    expect(server.received.slice(1)).toEqual([
      { method: 'api-keys.rotate', params: { id: 'ci' } },
      { method: 'api-keys.revoke', params: { id: 'ci' } },
      { method: 'api-keys.list', params: undefined },
    ])
  })

  it('are left alone while a gateway that does not answer holds the state dir', async () => {
    const keyFile: Parts['keyFile'] = async () => expect.unreachable()
    const { context } = testContext({ keyFile, gatewayInfo: async () => ({ pid: 42 }) })
    expect(await run(['api-keys', 'list'], context)).toBe(1)
  })

  it.each([
    [[], /--name is missing/],
    [['--name', ' '], /--name is missing/],
    [['--name', 'x', '--permissions', 'admin'], /read, write, execute-actions/],
    [['--name', 'x', '--permissions', ''], /read, write, execute-actions/],
    [['--name', 'x', '--expires', 'soon'], /--expires/],
    [['--name', 'x', '--rate-limit', '0'], /--rate-limit/],
  ])('create %j is used wrongly', async (words, message) => {
    const { context, written } = testContext()
    expect(await run(['api-keys', 'create', ...words], context)).toBe(2)
    expect(written.err).toMatch(message)
  })
})
