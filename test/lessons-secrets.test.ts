/** Lessons about secrets: one long day of a gateway in which every secret is used, and none is left lying about. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admitted, TestClient } from '../src/server/websocket/test-client.fixture.ts'
import { bearer, makeStateDir, REMOTE, runCli, startGateway } from './gateway.ts'
import type { Answer, Ask, RunningGateway } from './gateway.ts'

const secret = (name: string): string => `${name}${'0a1b2c3d4e5f'.repeat(4)}`
const CONFIGURED: Readonly<Record<string, string>> = {
  token: secret('tok'),
  secondary: secret('sec'),
  password: secret('pwd'),
  telegram: secret('tel'),
  webhook: secret('hook'),
  discord: secret('dis'),
  remote: secret('rem'),
  argument: secret('arg'),
  environment: secret('env'),
}
const { token = '', secondary = '', password = '' } = CONFIGURED
/** Wrong ones are somebody's secret too: yesterday's, or another gateway's. */
const WRONG = secret('wrong')
const WRONG_KEY = `sk-${secret('wrongkey')}`
const CONFIG = {
  gateway: {
    auth: {
      mode: 'token',
      token,
      tokenSecondary: secondary,
      password,
      rateLimit: { maxAttempts: 100 },
    },
    remote: { url: 'ws://127.0.0.1:1', token: CONFIGURED['remote'] },
  },
  channels: {
    telegram: { token: CONFIGURED['telegram'], webhookSecret: CONFIGURED['webhook'] },
    discord: { token: CONFIGURED['discord'] },
  },
  security: { apiKeys: { enabled: true } },
}

interface Day {
  readonly dir: string
  readonly gateway: RunningGateway
  /** Whatever an answer or a command printed, those that show a secret once apart. */
  readonly heard: string[]
  /** Made by the gateway during the day. */
  readonly made: Record<string, string>
}
const day: Day = { dir: '', gateway: {} as RunningGateway, heard: [], made: {} }

async function ask(request: Ask): Promise<Answer> {
  const answer = await day.gateway.ask(request)
  day.heard.push(answer.text, JSON.stringify(answer.headers))
  return answer
}
function cli(...args: readonly string[]): { readonly code: number | null; readonly said: string } {
  const { code, stdout, stderr } = day.gateway.cli(args)
  day.heard.push(stdout, stderr)
  return { code, said: stdout + stderr }
}
const firstOf = (pattern: RegExp, text: string): string => pattern.exec(text)?.[1] ?? ''

/** Answers that show a secret once are not kept, the secrets are. */
async function secretsAreMade(): Promise<void> {
  const { gateway, made } = day
  const key = gateway.cli(['api-keys', 'create', '--name', 'ci', '--permissions', 'read', '--json'])
  made['key'] = firstOf(/"key": "([^"]+)"/, key.stdout)
  const rotated = gateway.cli(['api-keys', 'rotate', 'ci', '--json'])
  made['rotatedKey'] = firstOf(/"key": "([^"]+)"/, rotated.stdout)
  const link = gateway.cli(['dashboard', '--json'])
  made['link'] = firstOf(/#login=([\w-]+)/, link.stdout)
  const body = { link: made['link'] }
  const login = await gateway.ask({ method: 'POST', path: '/api/v1/session', body })
  made['cookie'] = firstOf(/openclaw_session=([^;]+)/, String(login.headers['set-cookie']?.[0]))
  made['proof'] = firstOf(/"proof":"([^"]+)"/, login.text)
}

/** Each secret, right and wrong, in each place where one may stand, and in places where none should. */
async function secretsAreUsed(): Promise<void> {
  const all = [...Object.values(CONFIGURED), ...Object.values(day.made), WRONG, WRONG_KEY]
  const session = {
    cookie: `openclaw_session=${day.made['cookie']}`,
    'x-openclaw-session-proof': day.made['proof'],
  }
  for (const path of ['/api/v1/whoami', '/api/v1/config']) await ask({ path, headers: session })
  for (const value of all) {
    const basic = { authorization: `Basic ${Buffer.from(`nick:${value}`).toString('base64')}` }
    for (const headers of [bearer(value), basic, { 'x-api-key': value }])
      await ask({ headers: { ...REMOTE, ...headers } })
    await ask({ headers: { ...REMOTE, 'x-openclaw-password': value } })
    await ask({ headers: { ...REMOTE, cookie: `openclaw_session=${value}; a=${value}` } })
    await ask({ path: `/api/v1/whoami?token=${value}&api_key=${value}` })
    await ask({ path: `/${value}/${encodeURIComponent(value)}`, headers: REMOTE })
    const body = { secret: `${value}x` }
    await ask({ method: 'POST', path: '/api/v1/session', body })
    await connects(value)
  }
}

/** In texts that are kept as they came, a secret of ours is one all the same. */
async function secretsStray(): Promise<void> {
  const client = await admitted(day.gateway.port, {
    params: { auth: { token }, scopes: ['operator.admin'] },
  })
  for (const value of Object.values(CONFIGURED)) {
    await ask({ headers: { 'x-forwarded-for': value, origin: value, 'user-agent': value } })
    await day.gateway.ask({ path: `/api/v1/record/${value}`, headers: bearer(token) })
    await ask({ headers: { host: `${value}.example`, origin: `https://${value}.example` } })
    await client.call(value, { [value]: value })
    await client.call('health', { [value]: value })
  }
  await client.close()
}

async function connects(value: string): Promise<void> {
  const auth = { token: value, password: `${value}y`, deviceToken: `${value}z` }
  const refused = new TestClient(day.gateway.port, { headers: REMOTE })
  day.heard.push(JSON.stringify(await refused.connect({ auth })))
  await refused.close()
  const client = await admitted(day.gateway.port, {
    params: { auth: { token }, scopes: ['operator.admin'] },
  })
  const calls = ['config.get', 'status', 'token.status', 'record.list', 'logs.tail', 'health']
  for (const method of calls) day.heard.push(JSON.stringify(await client.call(method)))
  day.heard.push(JSON.stringify(client.frames[1]))
  await client.close()
}

async function everythingIsLookedAt(): Promise<void> {
  const paths = ['config', 'status', 'token', 'record', 'logs', 'lockouts', 'api-keys', 'presence']
  for (const path of [...paths, 'health', 'sessions', 'agents', 'whoami'])
    await ask({ path: `/api/v1/${path}`, headers: bearer(token) })
  cli('config', 'get')
  cli('config', 'get', '--json')
  cli('config', 'explain', 'gateway.auth.token')
  cli('config', 'explain', 'channels.telegram.token')
  for (const command of ['status', 'health', 'config validate', 'api-keys list', 'token status'])
    cli(...command.split(' '))
  cli('logs', '--json', '--limit', '5000')
  cli('logs', 'verify')
  cli('config', 'set', 'gateway.auth.rateLimit.windowMs', '61000')
  const body = { peer: '203.0.113.1', headers: [`Authorization: Bearer ${WRONG}`] }
  const headers = bearer(token)
  await ask({ method: 'POST', path: '/api/v1/auth/explain', headers, body })
  await ask({ path: '/api/v1/record?limit=500', headers })
}

beforeAll(async () => {
  const dir = makeStateDir({ config: CONFIG })
  const gateway = await startGateway({
    dir,
    args: ['--password', CONFIGURED['argument'] ?? ''],
    env: { ANTHROPIC_API_KEY: CONFIGURED['environment'] ?? '' },
  })
  Object.assign(day, { dir, gateway })
  await secretsAreMade()
  await secretsAreUsed()
  await secretsStray()
  await everythingIsLookedAt()
}, 60_000)
afterAll(async () => {
  await day.gateway.stop()
  rmSync(day.dir, { recursive: true })
})

const filesIn = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })

/** As a value may be spelt: itself, in base64, in the middle of Basic, in hex. */
function spellings(value: string): readonly string[] {
  const base64 = Buffer.from(value).toString('base64').replace(/=+$/, '')
  const basic = Buffer.from(`nick:${value}`).toString('base64').replace(/=+$/, '')
  return [value, base64, basic, Buffer.from(value).toString('hex')]
}

/** Which secrets stand in a text, by name: never their values, in a test's output neither. */
function foundIn(text: string): readonly string[] {
  const all = { ...CONFIGURED, ...day.made, WRONG, WRONG_KEY }
  return Object.entries(all)
    .filter(([, value]) => spellings(value).some((spelling) => text.includes(spelling)))
    .map(([name]) => name)
}

/** Text of every regular file of the state dir but the config file and its backups. */
function textsOnDisk(): readonly (readonly [string, string])[] {
  return filesIn(day.dir)
    .filter((name) => !name.startsWith('openclaw.json') && statSync(join(day.dir, name)).isFile())
    .map((name) => [name, readFileSync(join(day.dir, name), 'latin1')] as const)
}

describe('R59: after a day in which every secret was used', () => {
  it('R59: the day was as long as it should be', () => {
    expect(Object.values(day.made).every((value) => value.length >= 16)).toBe(true)
    expect(Object.keys(day.made)).toHaveLength(5)
    expect(day.heard.length).toBeGreaterThan(300)
    expect(day.heard.join('').split('"ok":true').length).toBeGreaterThan(50)
  })

  it('R59: none stands in any file but the config', () => {
    const texts = textsOnDisk()
    const names = texts.map(([name]) => name).join(' ')
    expect(names).toMatch(/records\/\d+\.jsonl/)
    expect(names).toMatch(/store\.sqlite(?: |-wal)/)
    expect(names).toMatch(/gateway\.json/)
    expect(texts.map(([name, text]) => [name, foundIn(text)])).toEqual(
      texts.map(([name]) => [name, []]),
    )
  })

  it('R59: none stands in the output of the gateway', () => {
    expect(day.gateway.output().length).toBeGreaterThan(1000)
    expect(foundIn(day.gateway.output())).toEqual([])
  })

  it('R59: none stands in an answer, a frame or the output of a command', () => {
    const guilty = day.heard.flatMap((text) => {
      const names = foundIn(text)
      return names.length === 0 ? [] : [`${names.join()} in ${text.slice(0, 80)}`]
    })
    expect(guilty).toEqual([])
  })

  it('R61: neither argv nor environment stands in a log or the record', () => {
    const written = textsOnDisk().map(([, text]) => text)
    const printed = [...written, day.gateway.output(), ...day.heard].join('\n')
    expect(foundIn(printed)).not.toContain('argument')
    expect(foundIn(printed)).not.toContain('environment')
  })

  it('R62: every file is 0600 and every folder 0700', () => {
    const wrong = filesIn(day.dir).flatMap((name) => {
      const stat = statSync(join(day.dir, name))
      const mode = stat.mode & 0o777
      return mode === (stat.isDirectory() ? 0o700 : 0o600) ? [] : [`${name} ${mode.toString(8)}`]
    })
    expect(filesIn(day.dir).length).toBeGreaterThan(8)
    expect(wrong).toEqual([])
    expect(statSync(day.dir).mode & 0o777).toBe(0o700)
  })
})

describe('R60: a redacted view', () => {
  const shown = () => cli('config', 'get', 'gateway.auth.token').said.trim()

  it('R60: is refused wherever it is written back by command', () => {
    expect(shown()).toMatch(/^\[redacted sha256:[0-9a-f]{8}\]$/)
    const before = readFileSync(join(day.dir, 'openclaw.json'), 'utf8')
    const whole = cli('config', 'get', 'gateway.auth', '--json').said
    expect(whole).toContain('[redacted')
    const ways = [
      ['gateway.auth.token', shown()],
      ['gateway.auth.tokenSecondary', `"${shown()}"`],
      ['gateway.auth', whole],
      ['channels.discord.token', '[redacted]'],
      ['agents.list', `[{ id: "main", systemPrompt: "${shown()}" }]`],
    ]
    for (const [path = '', value = ''] of ways) {
      const { code, said } = cli('config', 'set', path, value)
      expect([path, code, said]).toEqual([path, 1, expect.stringContaining('redaction marker')])
    }
    expect(readFileSync(join(day.dir, 'openclaw.json'), 'utf8')).toBe(before)
  })

  it('R60: starts no gateway, and the secret it stands for is not lost', async () => {
    const auth = { ...CONFIG.gateway.auth, token: '[redacted sha256:12345678]' }
    const config = { ...CONFIG, gateway: { ...CONFIG.gateway, auth } }
    await expect(startGateway({ config })).rejects.toThrow(/redaction marker/)
  })
})

describe('R63: one value for two trust classes', () => {
  it.each([
    ['a webhook secret', { channels: { telegram: { webhookSecret: token } } }],
    ['a bot token', { channels: { discord: { token } } }],
  ])('R63: starts nothing: the gateway token is %s', async (_name, more) => {
    const config = { gateway: { auth: { mode: 'token', token } }, ...more }
    const failed = startGateway({ config })
    await expect(failed).rejects.toThrow(/ended with 1/)
    await expect(failed).rejects.not.toThrow(token)
  })

  it('R63: nor does the gateway start on an API key that is its token', async () => {
    const key = `sk-${token}`
    const files = { 'auth/api_keys.json': JSON.stringify({ keys: [{ id: 'k', key }] }) }
    const config = { ...CONFIG, gateway: { auth: { mode: 'token', token: key } } }
    await expect(startGateway({ config, files })).rejects.toThrow(/ended with 1/)
  })
})

describe('R67: dashboard', () => {
  it('R67: prints a link that works once', async () => {
    const link = firstOf(/#login=([\w-]+)/, day.gateway.cli(['dashboard']).stdout)
    const login = () => day.gateway.ask({ method: 'POST', path: '/api/v1/session', body: { link } })
    expect((await login()).status).toBe(200)
    expect((await login()).status).toBe(401)
  })

  it('R67: or says why not', () => {
    const dir = makeStateDir({ config: { gateway: { port: 1, auth: { token } } } })
    const { code, stdout, stderr } = runCli(dir, ['dashboard'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/not run|openclaw gateway/)
  })
})
