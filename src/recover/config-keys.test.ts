/** Whatever setting is broken: the gateway starts afterwards, and is open to nobody to whom it was not. */
import { expect, test } from 'vitest'
import { localDirectInForce, modeInForce } from '../config/derived.ts'
import { keyText, withValue } from '../config/key-path.ts'
import { load } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { configSchema } from '../config/schema.ts'
import { settings } from '../config/schema-walk.ts'
import { startRules } from '../config/start-rules.ts'
import { configKeys } from './config-keys.ts'
import { credential } from './credential.ts'
import { emptyFolder, testPlace, writeConfig } from './place.fixture.ts'
import { runSteps } from './run-steps.ts'
import type { Told } from './types.ts'

const OLD = 'a1'.repeat(32)
/** Everything that can keep somebody out does. */
const CLOSED = {
  gateway: {
    port: 18_999,
    trustedProxies: ['10.0.0.1'],
    auth: {
      mode: 'trusted-proxy',
      allowLocalDirect: false,
      identityScopes: { ann: ['operator.read'] },
      rateLimit: { exemptLoopback: false },
      trustedProxy: {
        userHeader: 'x-user',
        allowUsers: ['ann'],
        requiredHeaders: ['x-proof'],
      },
    },
  },
  security: { session: { maxConcurrent: 3 } },
}
/** The same, open to the network, by token; who is local is not said. */
const ON_LAN = {
  gateway: {
    bind: 'lan',
    trustedProxies: ['10.0.0.1'],
    auth: { mode: 'token', token: OLD, identityScopes: { ann: [] } },
  },
}
const SETTINGS = settings(configSchema).filter(({ path }) => !path.includes('*'))
const JUNK: readonly unknown[] = ['no such value', { wrong: true }]
/** A section with another content is another configuration, not a broken one. */
const BROKEN = SETTINGS.flatMap(({ path, kind }) =>
  (kind === 'group' ? JUNK.slice(0, 1) : JUNK).map((junk) => ({ path, junk })),
)

test('there are settings to break', () => {
  expect(BROKEN.length).toBeGreaterThan(100)
})

test.each([
  { name: 'behind a proxy', config: CLOSED },
  { name: 'on the network', config: ON_LAN },
])(
  'each setting broken in each way, $name: it starts, and is no more open than before',
  async ({ config }) => {
    const before = await loaded(config)
    if (before === null) throw new Error('the configuration to begin with does not load')
    const each = BROKEN.map(async ({ path, junk }) => {
      const broken = withValue(config, path, junk)
      if (broken === null || (await loaded(broken)) !== null) return
      const after = await mended(broken)
      expect([keyText(path), junk, wider(before, after)]).toEqual([keyText(path), junk, []])
    })
    await Promise.all(each)
  },
  60_000,
)

test.each([
  ['gateway', 'onlyFrom'],
  ['gateway', 'auth', 'require'],
  ['gateway', 'auth', 'trustedProxy', 'audience'],
  ['security', 'ipAllowlist'],
])(
  'an unknown key that may have been a limit keeps the gateway to this host: %s',
  async (...path) => {
    const after = await mended(withValue(ON_LAN, path, ['x']))
    expect(after.gateway).toMatchObject({ bind: 'loopback', trustedProxies: [] })
    expect(localDirectInForce(after).value).toBe(false)
    expect(after.gateway.auth.token?.reveal()).toBe(OLD)
  },
)

test('a mode that no longer counts brings no retired token back', async () => {
  const after = await mended({
    gateway: { bind: 'lan', auth: { mode: 'none', token: OLD, password: 'correct horse battery' } },
  })
  expect(modeInForce(after).value).toBe('token')
  expect(after.gateway.auth.token?.reveal()).not.toBe(OLD)
  expect(after.gateway.auth.password).toBeUndefined()
})

test('of a list with a variable that is gone the other entries stay', async () => {
  const after = await mended({
    gateway: {
      trustedProxies: ['${GONE}', '10.0.0.1', 'bogus', '10.0.0.2'],
      auth: { token: OLD },
    },
  })
  expect(after.gateway.trustedProxies).toEqual(['10.0.0.1', '10.0.0.2'])
})

test('a limit that is confined in the file and opened by the environment is said', async () => {
  const told: Told[] = []
  const dir = emptyFolder()
  writeConfig(dir, withValue(ON_LAN, ['gateway', 'onlyFrom'], 'x'))
  const place = testPlace(dir, { OPENCLAW_GATEWAY_BIND: 'lan' })
  await runSteps([configKeys], { place, mode: 'repair', tell: (one) => void told.push(one) })
  expect(JSON.stringify(told)).toContain('OPENCLAW_GATEWAY_BIND is \\"lan\\"')
})

async function loaded(config: unknown): Promise<Config | null> {
  const dir = emptyFolder()
  writeConfig(dir, config)
  const result = await load(testPlace(dir).request)
  if (result.kind === 'refused' || startRules(result.config).problems.length > 0) return null
  return result.config
}

async function mended(config: unknown): Promise<Config> {
  const dir = emptyFolder()
  writeConfig(dir, config)
  const place = testPlace(dir)
  const told: Told[] = []
  await runSteps([configKeys, credential], {
    place,
    mode: 'repair',
    tell: (one) => void told.push(one),
  })
  const result = await load(place.request)
  if (result.kind === 'refused' || startRules(result.config).problems.length > 0)
    throw new Error(`it does not start: ${JSON.stringify([config, told])}`)
  return result.config
}

const REACH = ['loopback', 'custom', 'tailnet', 'lan']

/** In words, what is open now and was not. */
function wider(before: Config, after: Config): readonly string[] {
  const [old, now] = [before.gateway, after.gateway]
  const proxied = now.trustedProxies.length > 0
  const checks: Readonly<Record<string, boolean>> = {
    bind: REACH.indexOf(now.bind) > REACH.indexOf(old.bind),
    proxies: now.trustedProxies.some((one) => !old.trustedProxies.includes(one)),
    tailscale: now.tailscale.mode !== 'off' || now.auth.tailscale !== old.auth.tailscale,
    local: localDirectInForce(after).value && !localDirectInForce(before).value,
    none: modeInForce(after).value === 'none',
    users:
      proxied &&
      old.auth.trustedProxy.allowUsers.join() !== now.auth.trustedProxy.allowUsers.join(),
    headers:
      proxied &&
      old.auth.trustedProxy.requiredHeaders.some(
        (one) => !now.auth.trustedProxy.requiredHeaders.includes(one),
      ),
    scopes:
      proxied &&
      JSON.stringify(old.auth.identityScopes) !== JSON.stringify(now.auth.identityScopes),
    loopbackGuesses: now.auth.rateLimit.exemptLoopback && !old.auth.rateLimit.exemptLoopback,
    pairing: after.security.autoApprove || !after.security.pairingRequired,
    apiKeys: after.security.apiKeys.enabled,
    origins: now.controlUi.allowedOrigins.length > 0,
  }
  return Object.entries(checks).flatMap(([name, open]) => (open ? [name] : []))
}
