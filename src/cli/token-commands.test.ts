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
    const { openclaw } = await gateway({ 'POST /api/v1/token/rotate': rotated })
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
    const { out } = await (
      await gateway({ 'GET /api/v1/token': state })
    ).openclaw('token', 'status')
    expect(out).toMatch(/192\.0\.2\.1 +researcher +sha256:aaaaaaaa \(old\) +connected now/)
    expect(out).toContain('1 client(s) used the old token')
    const used = [{ ...client, fingerprint: 'hmac:80d28327' }]
    const none = { ...state, mode: 'password', primary: null, secondary: null, clients: used }
    const password = await (
      await gateway({ 'GET /api/v1/token': none })
    ).openclaw('token', 'status')
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
    const { openclaw, server } = await gateway({ 'POST /api/v1/token/promote': promoted })
    const { code, out } = await openclaw('token', 'promote', '--force')
    expect(code).toBe(0)
    for (const words of ['no longer valid', 'cut off: 192.0.2.1', 'openclaw api-keys revoke ci'])
      expect(out).toContain(words)
    expect(server.received[0]?.body).toEqual({ force: true })
  })
})

describe('R67: dashboard', () => {
  it('prints a link, says that it works once, and starts no program that would show it to others', async () => {
    const link = { url: 'http://127.0.0.1:18789/#login=abc', expiresAt: NOW + 600_000 }
    const { openclaw } = await gateway({ 'POST /api/v1/login-links': link })
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
    const { openclaw, server } = await gateway({
      'POST /api/v1/agents/main/messages': {
        reply: 'hello\n\u001b[2Jyou',
        sessionKey: 'agent:main:main',
      },
    })
    expect(await openclaw('agent', '--message', '/whoami')).toEqual({
      code: 0,
      out: 'hello\n?[2Jyou\n',
      err: '',
    })
    expect(server.received[0]?.body).toEqual({ message: '/whoami' })
    expect(JSON.parse((await openclaw('agent', '--message', 'x', '--json')).out)).toMatchObject({
      sessionKey: 'agent:main:main',
    })
  })

  it('an agent’s id is one segment of the path, whatever stands in it', async () => {
    const { openclaw, server } = await gateway({})
    await openclaw('agent', '--message', 'x', '--agent', '../../token/rotate', '--session', 's')
    expect(server.received[0]).toMatchObject({
      path: '/api/v1/agents/..%2F..%2Ftoken%2Frotate/messages',
      body: { message: 'x', sessionKey: 's' },
    })
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
    const { openclaw } = await gateway({
      'GET /api/v1/lockouts': locks,
      'DELETE /api/v1/lockouts?address=2001%3Adb8%3A%3A%2F64': { cleared: 1 },
      'DELETE /api/v1/lockouts': { cleared: 0 },
    })
    expect((await openclaw('lockouts', 'list')).out).toMatch(
      /203\.0\.113\.9 +shared +2026-11-20 \d\d:05:00/,
    )
    expect((await openclaw('lockouts', 'clear', '2001:db8::/64')).out).toBe('1 lock(s) cleared\n')
    expect((await openclaw('lockouts', 'clear')).out).toBe('nothing was locked\n')
  })

  it('says that nobody is locked out', async () => {
    expect(
      (
        await (
          await gateway({ 'GET /api/v1/lockouts': { lockouts: [] } })
        ).openclaw('lockouts', 'list')
      ).out,
    ).toContain('no address')
  })
})

describe('api-keys', () => {
  const made = { id: 'ci', key: 'sk-0123', name: 'CI', expiresAt: null }

  it('go through the gateway while it runs, and never past it', async () => {
    const { openclaw, server } = await gateway({
      'POST /api/v1/api-keys': made,
      'POST /api/v1/api-keys/ci/rotate': made,
      'DELETE /api/v1/api-keys/ci': { id: 'ci' },
      'GET /api/v1/api-keys': { keys: [] },
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
    expect(server.received[0]?.body).toEqual({
      name: 'CI',
      permissions: ['read', 'write'],
      expires: '30d',
      rateLimit: 5,
    })
    expect((await openclaw('api-keys', 'rotate', 'ci')).out).toBe('sk-0123\n')
    expect((await openclaw('api-keys', 'revoke', 'ci')).out).toBe('the key ci is no longer valid\n')
    expect((await openclaw('api-keys', 'list')).out).toContain('there are no API keys')
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
