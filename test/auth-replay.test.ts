/** `openclaw auth replay` on what the built gateway recorded: who gains, who loses, and what nobody can say. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestDevice } from '../src/access/device.fixture.ts'
import { admitted, refusal } from '../src/server/websocket/test-client.fixture.ts'
import { login } from './config-confirm.fixture.ts'
import { bearer, makeStateDir, REMOTE, runCli, startGateway, TOKEN } from './gateway.ts'

const SECOND = 'decade22'.repeat(8)
const WRONG = 'ba5eba11'.repeat(8)
const PROXY = '127.7.7.7'
const AUTH = {
  mode: 'token',
  token: TOKEN,
  tokenSecondary: SECOND,
  rateLimit: { maxAttempts: 100 },
}
const CONFIG = { gateway: { auth: AUTH }, security: { apiKeys: { enabled: true } } }

const at = { dir: '', keyId: '' }

/** A day of requests of all kinds, and a gateway that has stopped after them. */
beforeAll(async () => {
  at.dir = makeStateDir({ config: CONFIG })
  const gateway = await startGateway({ dir: at.dir })
  const { port } = gateway
  const made = gateway.cli([
    'api-keys',
    'create',
    '--name',
    'ci',
    '--permissions',
    'read',
    '--json',
  ])
  const { key } = JSON.parse(made.stdout)
  for (const secret of [TOKEN, TOKEN, SECOND, WRONG, key])
    await gateway.ask({ headers: { ...REMOTE, ...bearer(secret) } })
  await gateway.ask({ headers: { ...REMOTE, 'x-user': 'ann' }, from: PROXY })
  await gateway.ask({ headers: bearer(TOKEN), from: PROXY })
  await gateway.ask({})
  await gateway.ask({ headers: REMOTE })
  await gateway.ask({ headers: { origin: 'https://pages.example.com' } })
  await gateway.ask({ headers: await login(gateway) })
  const device = new TestDevice()
  const params = { auth: { token: TOKEN }, scopes: ['operator.read'] }
  const asks = await refusal(port, { device, params, headers: REMOTE })
  const admin = await admitted(port, {
    params: { auth: { token: TOKEN }, scopes: ['operator.admin'] },
    headers: REMOTE,
  })
  await admin.call('device.pair.approve', { requestId: asks.details?.['requestId'] })
  const live = await admitted(port, { device, params, headers: REMOTE })
  await Promise.all([live.close(), admin.close()])
  await gateway.stop()
})
afterAll(() => rmSync(at.dir, { recursive: true, force: true }))

/** `change` to the configuration as it is. */
function replay(change: object) {
  const path = join(at.dir, 'candidate.json5')
  writeFileSync(path, JSON.stringify(change), { mode: 0o600 })
  const { code, stdout, stderr } = runCli(at.dir, ['auth', 'replay', '--config', path, '--json'])
  if (stdout === '') throw new Error(stderr)
  const result = JSON.parse(stdout)
  const who = (groups: { principal: string; what: string }[]) =>
    [...new Set(groups.map(({ principal, what }) => `${principal} ${what}`))].toSorted()
  return { code, result, gains: who(result.gains), losses: who(result.losses) }
}
const withAuth = (auth: object, more: object = {}) => ({
  ...CONFIG,
  gateway: { ...more, auth: { ...AUTH, ...auth } },
})

test('the configuration as it is: nobody gains, nobody loses, and each comes out as it was recorded', () => {
  const { code, gains, losses, result } = replay(CONFIG)
  expect([code, gains, losses]).toEqual([0, [], []])
  // The device that had to ask has been approved since.
  expect(result).toMatchObject({ changedSince: 1 })
  expect(result.replayed).toBeGreaterThan(10)
  expect(result.same).toBe(result.replayed)
})

describe('another configuration', () => {
  test('without the second token: whoever used that one loses', () => {
    const { tokenSecondary: _, ...auth } = AUTH
    const { code, gains, losses, result } = replay({ ...CONFIG, gateway: { auth } })
    expect([code, gains, losses]).toEqual([0, [], ['shared:token everything']])
    expect(result.losses).toMatchObject([{ count: 1, code: 'token_mismatch', method: 'token' }])
    const why = runCli(at.dir, ['auth', 'why', result.losses[0].example])
    expect(why.stdout).toContain('whoami')
  })

  test('with the wrong guess as its token: whoever made it gains, and it exits 1', () => {
    const { code, gains } = replay(withAuth({ tokenSecondary: WRONG }))
    expect([code, gains]).toEqual([1, ['shared:token everything']])
  })

  test('without API keys: the key loses, its owner is named', () => {
    const { losses } = replay({ ...CONFIG, security: { apiKeys: { enabled: false } } })
    expect(losses).toEqual(['api-key:ci everything'])
  })

  test('local callers only with a credential: the owner on a port loses, and not the one on the socket', () => {
    const { losses, result } = replay(withAuth({ allowLocalDirect: false }))
    expect(losses).toEqual(['owner:owner everything'])
    expect(result.losses.every(({ address }: { address: string }) => address === '127.0.0.1')).toBe(
      true,
    )
  })

  test('a page that is allowed may gain: what it presented was not looked at', () => {
    const controlUi = { allowedOrigins: ['https://pages.example.com'] }
    const { gains, result } = replay(withAuth({}, { controlUi }))
    expect(gains).toEqual([])
    expect(result.undecided).toEqual({
      'what a page on a foreign origin presented was not looked at': 1,
    })
  })

  test('pairing that is not required: the device that had to ask gains', () => {
    const security = { ...CONFIG.security, pairingRequired: false }
    const { code, gains } = replay({ ...CONFIG, security })
    expect(code).toBe(0)
    // It has been approved since, so that it is let in by both.
    expect(gains).toEqual([])
  })

  test('what the record says too little of is counted, and nobody is guessed to be let in', () => {
    const auth = {
      mode: 'trusted-proxy',
      trustedProxy: { userHeader: 'x-user', allowLoopback: true },
      rateLimit: AUTH.rateLimit,
    }
    const gateway = { trustedProxies: [PROXY], auth }
    const { gains, losses, result } = replay({ ...CONFIG, gateway })
    expect(gains).toEqual([])
    expect(losses).toContain('shared:token everything')
    expect(result.undecided).toMatchObject({
      'whom the proxy named is not in the record': expect.any(Number),
    })
  })
})

test('a configuration that cannot be asked is no answer', () => {
  const typed = (...words: string[]) => runCli(at.dir, ['auth', 'replay', ...words])
  expect(typed('--config', 'nowhere.json')).toMatchObject({ code: 2 })
  expect(typed()).toMatchObject({ code: 2 })
  const path = join(at.dir, 'candidate.json5')
  writeFileSync(path, '{ gateway: { auth: { mode: "password" } } }', { mode: 0o600 })
  const { code, stderr } = typed('--config', path)
  expect([code, stderr]).toEqual([2, expect.stringContaining('would not start')])
  writeFileSync(path, JSON.stringify(CONFIG), { mode: 0o600 })
  expect(typed('--config', path, '--since', 'soon')).toMatchObject({ code: 2 })
  expect(typed('--config', path, '--since', '7d').stdout).toContain('would gain access: nobody')
})
