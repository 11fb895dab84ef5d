import { describe, expect, it } from 'vitest'
import { Secret } from '../core/secret.ts'
import { folder, loaded, OTHER_TOKEN, TOKEN } from './folder.fixture.ts'
import { startRules, type StartRules } from './start-rules.ts'
import type { ClassedSecret } from './trust-classes.ts'

const PASSWORD = 'correct-horse-battery-staple-42'
const PROXY = { mode: 'trusted-proxy', trustedProxy: { userHeader: 'x-forwarded-user' } }

async function rulesOf(config: object, others: readonly ClassedSecret[] = []): Promise<StartRules> {
  const dir = folder({ 'openclaw.json': JSON.stringify(config) })
  return startRules((await loaded(dir.request())).config, others)
}
async function problems(config: object): Promise<readonly string[]> {
  return (await rulesOf(config)).problems.map(({ code }) => code)
}
const gateway = (auth: object, more: object = {}): object => ({ gateway: { auth, ...more } })

describe('the mode', () => {
  it.each([
    ['token when nothing is configured', {}, 'token'],
    ['password if only a password exists', gateway({ password: PASSWORD }), 'password'],
    ['token if only a token exists', gateway({ token: TOKEN }), 'token'],
    ['what is said', gateway({ mode: 'password', token: TOKEN, password: PASSWORD }), 'password'],
  ])('is %s', async (_, config, mode) => {
    const rules = await rulesOf(config)
    expect(rules.mode).toBe(mode)
    expect(rules.problems).toEqual([])
  })

  it.each(['token', 'tokenSecondary'])(
    'must be said when a password and a %s are configured',
    async (key) => {
      expect(await problems(gateway({ [key]: TOKEN, password: PASSWORD }))).toContain('mode_needed')
    },
  )
})

describe('the start warns', () => {
  const warnings = async (config: object) =>
    (await rulesOf(config)).warnings.map(({ code }) => code)
  const page = (controlUi: object) => gateway({}, { controlUi })
  const proxies = (auth: object, ...trustedProxies: readonly string[]) =>
    gateway(auth, { trustedProxies })
  const LOCAL = { ...PROXY, trustedProxy: { ...PROXY.trustedProxy, allowLoopback: true } }

  it.each([
    ['control_ui_any_origin', page({ allowedOrigins: ['https://a.test', '*'] })],
    ['control_ui_host_fallback', page({ dangerouslyAllowHostHeaderOriginFallback: true })],
    ['trusted_proxies_wide', proxies({ token: TOKEN }, '10.0.0.1', '0.0.0.0/0')],
    ['trusted_proxies_wide', proxies({ token: TOKEN }, '::/0')],
    ['trusted_proxies_wide', proxies({ token: TOKEN }, '::ffff:0.0.0.0/96')],
    ['trusted_proxies_wide', proxies({ token: TOKEN }, '0.0.0.0/1', '128.0.0.0/1')],
    ['trusted_proxy_loopback_only', proxies(PROXY, '127.0.0.1', '::1')],
    ['trusted_proxy_loopback_only', proxies(PROXY, '127.0.0.0/8')],
  ])('%s: %j', async (code, config) => expect(await warnings(config)).toContain(code))

  it.each([
    [page({ allowedOrigins: ['https://a.test'] })],
    [proxies({ token: TOKEN }, '10.0.0.0/8', 'fc00::/7', '127.0.0.1')],
    [proxies(PROXY, '127.0.0.1', '10.0.0.1')],
    [proxies(LOCAL, '127.0.0.1')],
    [proxies(PROXY)],
  ])('of nothing: %j', async (config) => expect(await warnings(config)).toEqual([]))
})

describe('the start is refused', () => {
  it.each([
    ['no_token', gateway({}, { bind: 'lan' })],
    ['no_token', gateway({}, { bind: 'tailnet' })],
    ['no_token', gateway({ tokenSecondary: TOKEN })],
    ['no_password', gateway({ mode: 'password' })],
    ['no_password', gateway({ mode: 'password', token: TOKEN }, { bind: 'lan' })],
    ['trusted_proxy_no_proxies', gateway(PROXY)],
    [
      'trusted_proxy_no_user_header',
      gateway({ mode: 'trusted-proxy' }, { trustedProxies: ['10.0.0.1'] }),
    ],
    [
      'mixed_trusted_proxy_token',
      gateway({ ...PROXY, token: TOKEN }, { trustedProxies: ['10.0.0.1'] }),
    ],
    [
      'mixed_trusted_proxy_token',
      gateway({ ...PROXY, tokenSecondary: TOKEN }, { trustedProxies: ['10.0.0.1'] }),
    ],
    ['none_exposed', gateway({ mode: 'none' }, { bind: 'lan' })],
    ['none_exposed', gateway({ mode: 'none' }, { trustedProxies: ['10.0.0.1'] })],
    ['none_exposed', gateway({ mode: 'none' }, { tailscale: { mode: 'serve' } })],
    ['none_exposed', gateway({ mode: 'none', allowLocalDirect: false })],
    ['none_exposed', { ...gateway({ mode: 'none' }), tools: { exec: { sandbox: 'off' } } }],
    ['funnel_needs_password', gateway({ token: TOKEN }, { tailscale: { mode: 'funnel' } })],
    ['custom_bind_no_host', gateway({ token: TOKEN }, { bind: 'custom' })],
    ['bridge_port_taken', gateway({ token: TOKEN }, { port: 18_790, bridgePort: 18_790 })],
    ['remote_mode', gateway({ token: TOKEN }, { mode: 'remote' })],
    ['unmatchable_secret', gateway({ token: `sk-${TOKEN}` })],
    ['unmatchable_secret', gateway({ token: `ocd_${TOKEN}` })],
    ['unmatchable_secret', gateway({ token: TOKEN, tokenSecondary: `sk-${TOKEN}` })],
    ['unmatchable_secret', gateway({ password: `sk-${PASSWORD}` })],
    ['unmatchable_secret', gateway({ token: `${TOKEN}\n` })],
    ['unmatchable_secret', gateway({ token: ` ${TOKEN}` })],
  ])('%s: %j', async (code, config) => expect(await problems(config)).toContain(code))

  it('S4: for a token of the environment beside trusted-proxy, too', async () => {
    const dir = folder({
      'openclaw.json': JSON.stringify(gateway(PROXY, { trustedProxies: ['10.0.0.1'] })),
    })
    const { config } = await loaded(dir.request({ env: { OPENCLAW_GATEWAY_TOKEN: TOKEN } }))
    expect(
      startRules(config)
        .problems.map(({ message }) => message)
        .join(),
    ).toContain('mixed_trusted_proxy_token')
  })

  it.each([
    ['a password with Funnel', gateway({ password: PASSWORD }, { tailscale: { mode: 'funnel' } })],
    [
      'a proxy with everything it needs',
      gateway({ ...PROXY, password: PASSWORD }, { trustedProxies: ['10.0.0.1'], bind: 'lan' }),
    ],
    ['mode none on plain loopback', gateway({ mode: 'none' })],
    ['a custom address', gateway({ token: TOKEN }, { bind: 'custom', customBindHost: '10.0.0.4' })],
    [
      'a dead weak token in mode password',
      gateway({ mode: 'password', token: 'x', password: PASSWORD }, { bind: 'lan' }),
    ],
  ])('not for %s', async (_, config) => expect(await problems(config)).toEqual([]))
})

describe('a secret that can be guessed', () => {
  const WEAK = [
    'changeme',
    'undefined',
    'null',
    'short',
    'your-secure-random-token-here',
    'a3f8c2e1d94b7a6f2e0c8b3d5a1f9e4c2b7d0a8e6f3c1d9b4a7e2f0c5b8d3a6',
    'YOUR-SECURE-TOKEN-HERE',
  ]

  it.each(WEAK)('%s is a warning on plain loopback', async (token) => {
    const rules = await rulesOf(gateway({ token }))
    expect(rules.problems).toEqual([])
    expect(rules.warnings.map(({ code }) => code)).toEqual(['weak_token'])
  })

  it.each([
    ['bind lan', { bind: 'lan' }],
    ['bind custom, even to loopback', { bind: 'custom', customBindHost: '127.0.0.1' }],
    ['a trusted proxy', { trustedProxies: ['127.0.0.1'] }],
    ['Tailscale Serve', { tailscale: { mode: 'serve' } }],
  ])('ends the start with %s', async (_, more) => {
    for (const token of WEAK)
      expect(await problems(gateway({ token }, more))).toContain('weak_token')
    expect(await problems(gateway({ password: 'eleven-char' }, more))).toContain('weak_password')
    expect(await problems(gateway({ password: 'your-secure-password' }, more))).toContain(
      'weak_password',
    )
    expect(await problems(gateway({ token: TOKEN, tokenSecondary: 'changeme' }, more))).toContain(
      'weak_token',
    )
  })

  it('is not shown', async () => {
    expect(
      JSON.stringify(
        (await rulesOf(gateway({ token: 'hunter2-hunter2' }, { bind: 'lan' }))).problems,
      ),
    ).not.toContain('hunter2')
  })
})

describe('local callers', () => {
  it.each([
    ['are admitted by default', {}, true],
    ['not behind a trusted proxy', gateway({}, { trustedProxies: ['127.0.0.1'] }), false],
    ['not with Tailscale Serve', gateway({}, { tailscale: { mode: 'serve' } }), false],
    ['not in mode trusted-proxy', gateway(PROXY), false],
    ['not beside programs outside the sandbox', { tools: { exec: { sandbox: 'off' } } }, false],
    [
      'but where it is said',
      gateway({ allowLocalDirect: true }, { trustedProxies: ['127.0.0.1'] }),
      true,
    ],
    ['nor where it is said otherwise', gateway({ allowLocalDirect: false }), false],
  ])('%s', async (_, config, expected) =>
    expect((await rulesOf(config)).allowLocalDirect).toBe(expected),
  )
})

describe('a token is made', () => {
  it.each([
    ['on loopback without one', {}, true],
    ['not where one is configured', gateway({ token: TOKEN }), false],
    ['not on other binds', gateway({}, { bind: 'lan' }), false],
    ['not in other modes', gateway({ mode: 'password' }), false],
    ['not beside a password alone', gateway({ password: PASSWORD }), false],
  ])('%s', async (_, config, expected) =>
    expect((await rulesOf(config)).generateToken).toBe(expected),
  )
})

describe('R63: one value for two trust classes', () => {
  it.each([
    { gateway: { auth: { token: TOKEN } }, channels: { telegram: { webhookSecret: TOKEN } } },
    {
      gateway: { auth: { mode: 'token', token: OTHER_TOKEN, password: TOKEN } },
      channels: { whatsapp: { appSecret: TOKEN } },
    },
    {
      gateway: { auth: { token: OTHER_TOKEN } },
      channels: { discord: { token: TOKEN }, telegram: { token: TOKEN } },
    },
    { gateway: { auth: { token: TOKEN } }, models: { providers: { openai: { apiKey: TOKEN } } } },
  ])('is refused: %j', async (config) => {
    const rules = await rulesOf(config)
    expect(rules.problems.map(({ code }) => code)).toEqual(['shared_value'])
    expect(JSON.stringify(rules.problems)).not.toContain(TOKEN)
  })

  it('is refused for API keys, which are not in the configuration', async () => {
    const others = [{ class: 'api-key', name: 'API key dev', digest: new Secret(TOKEN).digest() }]
    const rules = await rulesOf(gateway({ token: TOKEN }), others)
    expect(rules.problems[0]?.message).toContain('API key dev')
  })

  it('does not mean another gateway, nor two secrets of one class', async () => {
    expect(
      await problems(
        gateway({ token: TOKEN, tokenSecondary: TOKEN }, { remote: { token: TOKEN } }),
      ),
    ).toEqual([])
  })
})
