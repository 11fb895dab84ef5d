import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Secret } from '../core/secret.ts'
import { folder, loaded, OTHER_TOKEN, refusal, TOKEN } from './folder.fixture.ts'

describe('the file', () => {
  it('need not exist: every default holds', async () => {
    const { config, text } = await loaded(folder().request())
    expect(text).toBeNull()
    expect(config.gateway.port).toBe(18_789)
    expect(config.gateway.auth.rateLimit).toEqual({
      maxAttempts: 10,
      windowMs: 60_000,
      lockoutMs: 300_000,
      exemptLoopback: true,
    })
  })

  it('openclaw.json is JSON5', async () => {
    const { config } = await loaded(
      folder({ 'openclaw.json': '{ // note\n gateway: { port: 8080, }, }' }).request(),
    )
    expect(config.gateway.port).toBe(8080)
  })

  it.each([
    'gateway:\n  port: 8080\n',
    '# ~/.openclaw/config.json\ngateway :\n  port : 8080\n',
    '  {"gateway": {"port": 8080}}',
    '// note\n{gateway: {port: 8080}}',
  ])('config.json is YAML or JSON5 by its beginning: %j', async (text) =>
    expect((await loaded(folder({ 'config.json': text }).request())).config.gateway.port).toBe(
      8080,
    ),
  )

  it('gateway.yaml may be blank', async () => {
    expect(
      (await loaded(folder({ 'gateway.yaml': '# nothing\n' }).request())).config.gateway.port,
    ).toBe(18_789)
  })

  it('is found by OPENCLAW_CONFIG_PATH, and --config wins over it; ~ is the home folder', async () => {
    const dir = folder({
      'a/x.json': '{gateway:{port:1001}}',
      'b.yaml': 'gateway: {port: 1002}',
      'openclaw.json': '{gateway:{port:1003}}',
    })
    const env = { OPENCLAW_CONFIG_PATH: '~/a/x.json' }
    expect((await loaded(dir.request({ env }))).config.gateway.port).toBe(1001)
    expect(
      (await loaded(dir.request({ env, flags: { config: dir.file('b.yaml') } }))).config.gateway
        .port,
    ).toBe(1002)
  })

  it('is looked for in OPENCLAW_CONFIG_DIR', async () => {
    const dir = folder({ 'conf/openclaw.json': '{gateway:{port:1001}}' })
    expect(
      (await loaded(dir.request({ env: { OPENCLAW_CONFIG_DIR: join(dir.path, 'conf') } }))).config
        .gateway.port,
    ).toBe(1001)
  })

  it.each([
    ['openclaw.json', 'gateway.yaml'],
    ['openclaw.json', 'config.json'],
    ['config.json', 'gateway.yaml'],
  ])('%s beside %s is one too many', async (one, two) => {
    const text = await refusal(folder({ [one]: '{}', [two]: '{}' }).request())
    expect(text).toContain(one)
    expect(text).toContain(two)
  })

  it('cannot be a folder', async () => {
    const dir = folder()
    mkdirSync(dir.file('openclaw.json'))
    expect(await refusal(dir.request())).toMatch(/openclaw\.json: is not a file/)
  })

  it('gives a value that nobody can change', async () => {
    const { config } = await loaded(
      folder({ 'openclaw.json': '{gateway:{trustedProxies:["10.0.0.1"]}}' }).request(),
    )
    expect(Object.isFrozen(config.gateway.trustedProxies)).toBe(true)
    expect(Object.isFrozen(config.gateway.auth.rateLimit)).toBe(true)
  })

  it('names other files relative to itself', async () => {
    const dir = folder({
      'openclaw.json':
        '{security:{apiKeys:{file:"auth/k.json"}},secrets:{identity:"~/id"},gateway:{tls:{keyPath:"/etc/k"}}}',
    })
    const { config } = await loaded(dir.request())
    expect(config.security.apiKeys.file).toBe(dir.file('auth/k.json'))
    expect(config.secrets.identity).toBe(dir.file('id'))
    expect(config.gateway.tls.keyPath).toBe('/etc/k')
    expect(config.agents.defaults.workspace).toBe(dir.file('workspace'))
  })
})

describe('variables', () => {
  it('stand in for ${NAME}, and $${ is a literal ${', async () => {
    const dir = folder({ 'gateway.yaml': 'gateway:\n  auth:\n    password: "a${X}b$${X}"\n' })
    const { config } = await loaded(dir.request({ env: { X: '${Y}' } }))
    expect(config.gateway.auth.password?.reveal()).toBe('a${Y}b${X}')
  })

  it.each([
    ['unset', {}],
    ['empty', { CONF_X: '' }],
  ])('S3: refuse to start while one is %s, naming key, line and variable', async (fault, env) => {
    const dir = folder({ 'gateway.yaml': 'gateway:\n  port: 8080\n  token: ${CONF_X}\n' })
    const text = await refusal(dir.request({ env }))
    expect(text).toContain(`gateway.yaml:3: gateway.token: environment variable CONF_X is ${fault}`)
  })

  it.each(['${A-B}', '${', '${A', '${A:-x}'])('%s is no variable', async (text) => {
    const dir = folder({ 'openclaw.json': JSON.stringify({ gateway: { auth: { token: text } } }) })
    expect(await refusal(dir.request({ env: { A: 'x' } }))).toContain('names no variable')
  })

  it('give numbers and flags where those are expected', async () => {
    const dir = folder({ 'openclaw.json': '{gateway:{port:"${P}",tls:{enabled:"${E}"}}}' })
    const { config } = await loaded(dir.request({ env: { P: '8080', E: 'true' } }))
    expect(config.gateway.port).toBe(8080)
    expect(config.gateway.tls.enabled).toBe(true)
  })

  it('come from .env where the environment has none, and the process is not changed', async () => {
    const dir = folder({
      '.env': 'CONF_P = 4242\n',
      'openclaw.json': '{gateway:{port:"${CONF_P}"}}',
    })
    expect((await loaded(dir.request())).config.gateway.port).toBe(4242)
    expect((await loaded(dir.request({ env: { CONF_P: '4343' } }))).config.gateway.port).toBe(4343)
    expect(process.env['CONF_P']).toBeUndefined()
  })

  it('that are missing can be left out, for commands that ask for something else', async () => {
    const dir = folder({ 'openclaw.json': '{gateway:{port:8080,auth:{token:"${CONF_X}"}}}' })
    const { config, warnings } = await loaded(dir.request({ missing: 'omit' }))
    expect(config.gateway.port).toBe(8080)
    expect(config.gateway.auth.token).toBeUndefined()
    expect(warnings.map(({ code }) => code)).toEqual(['missing_variable'])
  })

  it('a malformed .env is refused with its line', async () => {
    expect(await refusal(folder({ '.env': 'A=1\nwhat is this\n' }).request())).toMatch(
      /\.env:2: is no variable/,
    )
  })
})

describe('precedence', () => {
  const file = { 'openclaw.json': JSON.stringify({ gateway: { port: 1, auth: { token: TOKEN } } }) }

  it('is flag, environment, config, default', async () => {
    const dir = folder(file)
    const env = { OPENCLAW_GATEWAY_PORT: '2' }
    expect((await loaded(dir.request())).config.gateway.port).toBe(1)
    expect((await loaded(dir.request({ env }))).config.gateway.port).toBe(2)
    expect((await loaded(dir.request({ env, flags: { port: 3 } }))).config.gateway.port).toBe(3)
  })

  it.each([
    ['OPENCLAW_GATEWAY_BIND', 'lan', ['gateway', 'bind']],
    ['OPENCLAW_BRIDGE_PORT', '18790', ['gateway', 'bridgePort']],
    ['OPENCLAW_WORKSPACE_DIR', '/w', ['agents', 'defaults', 'workspace']],
  ])('%s wins over the file', async (name, value, path) => {
    const { offers } = await loaded(folder().request({ env: { [name]: value } }))
    expect(offers(path)[0]).toMatchObject({ from: 'environment', won: true })
  })

  it.each([
    ['OPENCLAW_GATEWAY_PASSWORD', 'gateway'],
    ['ANTHROPIC_API_KEY', 'models'],
    ['OPENAI_API_KEY', 'models'],
    ['CLAUDE_AI_SESSION_KEY', 'models'],
  ] as const)('%s becomes a secret', async (name, section) => {
    const { config } = await loaded(folder().request({ env: { [name]: 'let-me-in' } }))
    expect(JSON.stringify(config[section])).toContain('[secret]')
    expect(JSON.stringify(config[section])).not.toContain('let-me-in')
  })

  it('a flag may bring a secret', async () => {
    const { config } = await loaded(
      folder(file).request({ flags: { token: new Secret(OTHER_TOKEN) } }),
    )
    expect(config.gateway.auth.token?.reveal()).toBe(OTHER_TOKEN)
  })

  it('R46: remembers every source of a token, and warns when the environment hides another one', async () => {
    const dir = folder({ ...file, '.env': `OPENCLAW_GATEWAY_TOKEN=from-dotenv\n` })
    const { offers, warnings } = await loaded(
      dir.request({ env: { OPENCLAW_GATEWAY_TOKEN: OTHER_TOKEN } }),
    )
    expect(offers(['gateway', 'auth', 'token']).map(({ from, won }) => [from, won])).toEqual([
      ['environment', true],
      ['dotenv', false],
      ['config', false],
    ])
    expect(warnings.map(({ code }) => code)).toEqual(['env_token_shadows_config'])
    expect(JSON.stringify(warnings)).not.toContain(TOKEN)
  })

  it('an empty variable, as Docker Compose passes it, offers nothing', async () => {
    const { config } = await loaded(folder(file).request({ env: { OPENCLAW_GATEWAY_TOKEN: '' } }))
    expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
  })

  it('what is wrong in a variable is said of the variable', async () => {
    const text = await refusal(folder(file).request({ env: { OPENCLAW_GATEWAY_BIND: '0.0.0.0' } }))
    expect(text).toContain(
      'environment variable OPENCLAW_GATEWAY_BIND: gateway.bind: "0.0.0.0" is not accepted',
    )
    expect(text).toContain('loopback, lan, tailnet, custom')
  })
})
