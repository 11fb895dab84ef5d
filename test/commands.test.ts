/** Commands against the built gateway, over both of its ways in: what they print, and what its record keeps of them. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bearer, REMOTE, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const READ_KEY = `sk-commands-${'r3ad'.repeat(8)}`
const KEY_FILE = {
  keys: [
    {
      id: 'reader',
      key_sha256: createHash('sha256').update(READ_KEY).digest('hex'),
      permissions: ['read'],
    },
  ],
}
const CONFIG = {
  gateway: {
    auth: {
      mode: 'token',
      token: TOKEN,
      allowLocalDirect: false,
      rateLimit: { maxAttempts: 3, exemptLoopback: false },
    },
  },
  security: { apiKeys: { enabled: true } },
}
const at = { gateway: {} as RunningGateway }

beforeAll(async () => {
  const files = { 'auth/api_keys.json': JSON.stringify(KEY_FILE) }
  at.gateway = await startGateway({ config: CONFIG, files })
})
afterAll(async () => at.gateway.stop())

/** As the owner, over the socket. */
const owner = (...words: string[]) => at.gateway.cli(words)
/** As anybody who knows the address. */
const remote = (token: string | null, ...words: string[]) => {
  const shown = token === null ? [] : ['--token', token]
  return at.gateway.cli([...words, '--url', `http://127.0.0.1:${at.gateway.port}`, ...shown])
}
/** The command that a refusal ends with, typed. */
function explained(stderr: string): string {
  const [, id = ''] = /`openclaw auth why ([^`]+)` explains it/.exec(stderr) ?? []
  return owner('auth', 'why', id).stdout
}

describe('whoever shows the right thing', () => {
  it('is answered, and sees what it may see', () => {
    expect(owner('status').stdout).toContain('auth mode   token')
    expect(remote(TOKEN, 'status').stdout).toContain('auth mode   token')
    expect(remote(READ_KEY, 'status').stdout).toContain('shown to administrators only')
    expect(remote(READ_KEY, 'health').stdout).toBe('ok\n')
  })

  it('is what it shows to the agent, with all that it may do', () => {
    const { stdout } = remote(TOKEN, 'agent', '--message', '/whoami')
    expect(stdout).toContain('method: token')
    expect(stdout).toContain(
      'scopes: operator.read operator.write operator.tools operator.approvals operator.pairing operator.admin',
    )
  })

  it('gets a link that logs in with all that it may do', async () => {
    const { stdout } = remote(TOKEN, 'dashboard', '--json')
    const [, link = ''] = /#login=([\w-]+)/.exec(stdout) ?? []
    const login = await at.gateway.ask({ method: 'POST', path: '/api/v1/session', body: { link } })
    expect(login.status).toBe(200)
    const { proof } = z.looseObject({ proof: z.string() }).parse(login.json)
    const cookie = String(login.headers['set-cookie']).split(';')[0] ?? ''
    const me = await at.gateway.ask({ headers: { cookie, 'x-openclaw-session-proof': proof } })
    expect(me.json).toMatchObject({ principal: { scopes: { length: 6 } } })
  })

  it('makes keys, which the record knows by the token that made them', async () => {
    const made = remote(TOKEN, 'api-keys', 'create', '--name', 'ci', '--json')
    expect(made.code).toBe(0)
    const { id, key } = z
      .looseObject({ id: z.string(), key: z.string() })
      .parse(JSON.parse(made.stdout))
    const headers = { ...REMOTE, ...bearer(key) }
    expect((await at.gateway.ask({ headers })).status).toBe(200)
    expect(remote(TOKEN, 'api-keys', 'revoke', id).code).toBe(0)
    expect((await at.gateway.ask({ headers })).status).toBe(401)
    const entries = owner('logs', '--json').stdout
    expect(entries).toMatch(/"operation":"api-keys\.create".*"fingerprint":"sha256:/)
  })

  it('judges made-up requests, and pays for the guesses in them', () => {
    const { code, stdout } = remote(
      TOKEN,
      'auth',
      'explain',
      '--peer',
      '203.0.113.5',
      '--bearer',
      'x',
    )
    expect(code).toBe(0)
    expect(stdout).toContain('refused: HTTP 401, token_mismatch')
  })
})

describe('R46: whoever does not is told what to do, and the host can tell why', () => {
  it('nothing shown', () => {
    const { code, stderr } = remote(null, 'status')
    expect(code).toBe(1)
    expect(stderr).toContain('(DEVICE_IDENTITY_REQUIRED): it wants to know who asks')
    expect(explained(stderr)).toMatch(/connect[\s\S]*refused/)
  })

  it('a scope that is missing', () => {
    const { code, stderr } = remote(READ_KEY, 'lockouts', 'list')
    expect(code).toBe(1)
    expect(stderr).toContain('missing scope: operator.admin, which --token does not hold')
    expect(explained(stderr)).toContain('lockouts.list')
  })

  it('a wrong token, until the address is locked out and the owner lets it go', () => {
    const guess = () => remote('wrong-token', 'status', '--json')
    const { code, stdout, stderr } = guess()
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'AUTH_TOKEN_MISMATCH' } })
    expect(stderr).not.toContain('wrong-token')
    expect(explained(stderr)).toContain('token_mismatch')
    guess()
    guess()
    const locked = remote(TOKEN, 'status')
    expect(locked.stderr).toMatch(
      /\(AUTH_RATE_LIMITED\): .*try again in (5m|4m \d+s); `openclaw lockouts clear`/,
    )
    expect(owner('lockouts', 'clear').stdout).toMatch(/^\d locks? cleared\n$/)
    expect(remote(TOKEN, 'status').code).toBe(0)
  })
})

describe('R45, SPEC 2.9: a rotation that is finished with the old token', () => {
  it('is answered before the old token’s connection is cut', () => {
    const rotated = z.looseObject({ token: z.string() })
    const { token } = rotated.parse(JSON.parse(remote(TOKEN, 'token', 'rotate', '--json').stdout))
    const { code, stdout } = remote(TOKEN, 'token', 'promote', '--force')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^sha256:\w+ is the token now; sha256:\w+ is no longer valid/)
    expect(remote(TOKEN, 'status').stderr).toContain('AUTH_TOKEN_MISMATCH')
    expect(remote(token, 'status').code).toBe(0)
  })
})
