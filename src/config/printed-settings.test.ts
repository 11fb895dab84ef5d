/** Every configuration that guides for OpenClaw print loads as it stands. */
import { describe, expect, it } from 'vitest'
import { folder, loaded, OTHER_TOKEN, TOKEN } from './folder.fixture.ts'
import { startRules } from './start-rules.ts'

const S1 = {
  proxy: `# ~/.openclaw/config.json
gateway :
  auth :
    mode : trusted-proxy
    trustedProxy :
      userHeader : X-Forwarded-User
      requiredHeaders :
        - X-Forwarded-Proto
        - X-Forwarded-For
      allowUsers :
        - user@example.com
        - admin
`,
  rateLimit: `# ~/.openclaw/config.json
gateway :
  auth :
    rateLimit :
      maxAttempts : 10
      windowMs : 60000
      lockoutMs : 300000
      exemptLoopback : true
`,
  allowlists: `# ~/.openclaw/config.json
channels :
  discord :
    dmPolicy : locked
    allowFrom :
      - "user#1234"
      - "admin#5678"
  telegram :
    dmPolicy : locked
    allowFrom :
      - 123456789 # User ID
      - 987654321
  whatsapp :
    dmPolicy : locked
    allowFrom :
      - "+1234567890"
`,
  pairing: `channels :
  discord :
    dmPolicy : pairing # Default
  telegram :
    dmPolicy : pairing
  whatsapp :
    dmPolicy : pairing
`,
  open: `channels :
  discord :
    dmPolicy : open
    allowFrom :
      - "*" # Required for open policy
`,
}

describe('S1: config.json', () => {
  it.each(Object.entries(S1))('%s', async (_, text) => {
    await loaded(folder({ 'config.json': text }).request())
  })

  it('means what it says', async () => {
    const proxy = await loaded(folder({ 'config.json': S1.proxy }).request())
    expect(proxy.config.gateway.auth.trustedProxy.requiredHeaders).toEqual([
      'x-forwarded-proto',
      'x-forwarded-for',
    ])
    const lists = await loaded(folder({ 'config.json': S1.allowlists }).request())
    expect(lists.config.channels.telegram.allowFrom).toEqual(['123456789', '987654321'])
  })

  it('.env with spaces round the sign', async () => {
    const env = `# .env (add to .gitignore)\nOPENCLAW_GATEWAY_TOKEN = ${TOKEN}\nCLAUDE_AI_SESSION_KEY = sk-ant-...\nOPENAI_API_KEY = sk-proj-...\n`
    const { config } = await loaded(folder({ '.env': env }).request())
    expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
    expect(startRules(config).problems).toEqual([])
  })
})

describe('S2: openclaw.json', () => {
  it.each([
    `{ "gateway": { "mode": "local", "port": 18789, "bind": "loopback", "auth": { "mode": "token", "token": "your-secure-random-token-here" } },
       "security": { "pairingRequired": true, "autoApprove": false, "rateLimit": { "enabled": true, "requests": 100, "windowMs": 3600000 } } }`,
    '{ "security": { "apiKeys": { "enabled": true, "file": "~/.openclaw/auth/api_keys.json" } } }',
    '{ "security": { "pairingRequired": true, "autoApprove": false, "pairingTimeout": 300, "maxPendingPairings": 5 } }',
    '{ "security": { "rateLimit": { "enabled": true, "requests": 100, "windowMs": 3600000, "perIp": true, "perUser": true } } }',
    '{ "security": { "session": { "timeout": 7200, "maxConcurrent": 10, "secure": true, "sameSite": "strict" } } }',
  ])('%s', async (text) => {
    const { config } = await loaded(folder({ 'openclaw.json': text }).request())
    expect(startRules(config).problems).toEqual([])
  })

  it('.env, where the container variables are no settings', async () => {
    const env = [
      '# Gateway access token (required)',
      `OPENCLAW_GATEWAY_TOKEN=${TOKEN}`,
      '# Gateway port',
      'OPENCLAW_GATEWAY_PORT=18789',
      'OPENCLAW_BRIDGE_PORT=18790',
      'OPENCLAW_GATEWAY_BIND=loopback',
      'OPENCLAW_CONFIG_DIR=/opt/openclaw/config',
      'OPENCLAW_WORKSPACE_DIR=/opt/openclaw/workspace',
      'OPENCLAW_IMAGE=ghcr.io/openclaw/openclaw:main',
    ].join('\n')
    const { config } = await loaded(folder({ '.env': env }).request())
    expect(config.gateway).toMatchObject({ port: 18_789, bridgePort: 18_790, bind: 'loopback' })
    expect(config.agents.defaults.workspace).toBe('/opt/openclaw/workspace')
  })
})

describe('S3: gateway.yaml', () => {
  it('flat keys', async () => {
    const text =
      '# gateway.yaml — correct production approach\ngateway:\n  token: ${OPENCLAW_GATEWAY_TOKEN}\n  port: 8080\n  host: "0.0.0.0"\n'
    const { config, warnings } = await loaded(
      folder({ 'gateway.yaml': text }).request({ env: { OPENCLAW_GATEWAY_TOKEN: TOKEN } }),
    )
    expect(config.gateway).toMatchObject({ port: 8080, bind: 'lan' })
    expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
    expect(warnings).toEqual([])
    expect(startRules(config).problems).toEqual([])
  })

  it.each([
    ['127.0.0.1', { bind: 'loopback' }],
    ['localhost', { bind: 'loopback' }],
    ['::', { bind: 'lan' }],
    ['10.0.0.4', { bind: 'custom', customBindHost: '10.0.0.4' }],
  ])('host %s', async (host, expected) => {
    expect(
      (await loaded(folder({ 'gateway.yaml': `gateway:\n  host: "${host}"\n` }).request())).config
        .gateway,
    ).toMatchObject(expected)
  })

  it.each(['token_secondary: ${NEW}', 'auth:\n    token_secondary: ${NEW}'])(
    'both tokens while a rotation runs: %s',
    async (line) => {
      const text = `gateway:\n  token: \${OLD}           # old token\n  ${line}  # new token\n  port: 8080\n`
      const { config } = await loaded(
        folder({ 'gateway.yaml': text }).request({ env: { OLD: TOKEN, NEW: OTHER_TOKEN } }),
      )
      expect(config.gateway.auth.token?.reveal()).toBe(TOKEN)
      expect(config.gateway.auth.tokenSecondary?.reveal()).toBe(OTHER_TOKEN)
    },
  )

  it('R46: the last step of the rotation warns while the old variable is still set', async () => {
    const text = 'gateway:\n  token: ${OPENCLAW_GATEWAY_TOKEN_NEW}\n'
    const env = { OPENCLAW_GATEWAY_TOKEN: TOKEN, OPENCLAW_GATEWAY_TOKEN_NEW: OTHER_TOKEN }
    const { warnings } = await loaded(folder({ 'gateway.yaml': text }).request({ env }))
    expect(warnings.map(({ code }) => code)).toEqual(['env_token_shadows_config'])
  })
})

describe('S4', () => {
  it('the trusted proxy', async () => {
    const text = `{ gateway: { // by default
      bind: "lan", trustedProxies: ["10.0.0.1", "172.17.0.1"],
      auth: { mode: "trusted-proxy", trustedProxy: { userHeader: "x-forwarded-user", requiredHeaders: ["x-forwarded-proto", "x-forwarded-host"],
        allowUsers: ["nick@example.com", "admin@company.org"], allowLoopback: false, }, }, }, }`
    const { config } = await loaded(folder({ 'openclaw.json': text }).request())
    expect(startRules(config)).toMatchObject({
      mode: 'trusted-proxy',
      allowLocalDirect: false,
      problems: [],
    })
  })

  it.each(['"max-age=31536000; includeSubDomains"', 'false'])('HSTS %s', async (value) => {
    const text = `{ gateway: { tls: { enabled: true }, http: { securityHeaders: { strictTransportSecurity: ${value}, }, }, }, }`
    await loaded(folder({ 'openclaw.json': text }).request())
  })
})
