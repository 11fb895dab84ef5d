/** `openclaw access review` against the built gateway: uses survive a restart, and what nobody uses is taken away. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { TelegramStandIn } from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import { channelGateway, rest, waitFor } from './channels.fixture.ts'
import { makeStateDir, REMOTE, startGateway, TOKEN } from './gateway.ts'

const BIN = join(import.meta.dirname, '../dist/index.js')
const USERS = { 'ann@example.com': ['operator.read'] }
const CONFIG = {
  security: { apiKeys: { enabled: true } },
  gateway: {
    trustedProxies: ['127.0.0.1'],
    auth: {
      mode: 'trusted-proxy',
      trustedProxy: { userHeader: 'x-user', allowLoopback: true },
      identityScopes: USERS,
    },
  },
}

async function running(config: object) {
  const dir = makeStateDir({ config })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const start = async () => {
    const gateway = await startGateway({ dir })
    onTestFinished(async () => void (await gateway.stop()))
    return gateway
  }
  return { dir, start, gateway: await start() }
}
type Gateway = Awaited<ReturnType<typeof running>>['gateway']

function unusedIn(gateway: Gateway) {
  const { stdout } = gateway.cli(['access', 'review', '--unused', '0s', '--json'])
  const { unused } = JSON.parse(stdout)
  return Object.fromEntries(
    unused.map(({ ref, lastUsedAt }: { ref: string; lastUsedAt: number | null }) => [
      ref,
      lastUsedAt,
    ]),
  )
}

test('keys and named users were used when they were let in, over a restart too', async () => {
  const { gateway, start } = await running(CONFIG)
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
  expect(unusedIn(gateway)).toEqual({ 'api-key:ci': null, 'user:ann@example.com': null })
  const from = Date.now()
  for (const headers of [
    { ...REMOTE, 'x-user': 'ann@example.com' },
    { ...REMOTE, 'x-api-key': key },
  ])
    expect((await gateway.ask({ headers })).status).toBe(200)
  await gateway.stop()
  const again = await start()
  for (const at of Object.values(unusedIn(again))) expect(at).toBeGreaterThanOrEqual(from)
  expect(again.cli(['access', 'review']).stdout).toContain(
    'nothing that lets somebody in was unused',
  )
})

test('what --id names goes, whatever kind it is, and nothing else', async () => {
  const { gateway } = await running(CONFIG)
  for (const name of ['ci', 'ops'])
    gateway.cli(['api-keys', 'create', '--name', name, '--permissions', 'read'])
  const review = ['access', 'review', '--unused', '0s', '--revoke']
  expect(gateway.cli(review)).toMatchObject({ code: 2 })
  expect(gateway.cli([...review, '--id', 'api-key:ci', '--id', 'api-key:nobody'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('nothing was taken away'),
  })
  const named = ['--id', 'api-key:ci', '--id', 'user:ann@example.com']
  expect(gateway.cli([...review, ...named])).toMatchObject({ code: 0 })
  expect(Object.keys(unusedIn(gateway))).toEqual(['api-key:ops'])
  const path = 'gateway.auth.identityScopes["ann@example.com"]'
  expect(gateway.cli(['config', 'get', path, '--json']).stdout.trim()).toBe('[]')
})

test('a sender was used when they were heard', async () => {
  const network = await TelegramStandIn.start()
  onTestFinished(() => network.stop())
  const account = { token: network.token, apiBase: network.apiBase }
  const { start } = channelGateway({ telegram: account })
  const gateway = await start()
  await rest(gateway, 'POST /senders', { channel: 'telegram', sender: '1001' })
  const review = () => rest(gateway, 'GET /access/review?unusedMs=0')
  const [held] = (await review()).json.unused
  expect(held).toMatchObject({ ref: 'sender:telegram:1001', lastUsedAt: null })
  network.say({ from: { id: 1001, username: 'nick' }, text: '/whoami' })
  await waitFor(() => expect(network.sent).toHaveLength(1))
  const [heard] = (await review()).json.unused
  expect(heard).toMatchObject({ ref: 'sender:telegram:1001', lastUsedAt: expect.any(Number) })
})

const PTY = spawnSync('script', ['--version']).status === 0

test.skipIf(!PTY)('on a terminal each is asked about, and only a yes is one', async () => {
  const { dir, gateway } = await running({ gateway: { auth: { mode: 'token', token: TOKEN } } })
  for (const name of ['a', 'b', 'c'])
    gateway.cli(['api-keys', 'create', '--name', name, '--permissions', 'read'])
  const line = `${process.execPath} ${BIN} access review --unused 0s --revoke`
  const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], {
    input: 'yes\n\nperhaps\n',
    encoding: 'utf8',
    env: { ...process.env, OPENCLAW_STATE_DIR: dir, HOME: dir },
    timeout: 30_000,
  })
  expect(stdout.match(/take it away\?/g)).toHaveLength(3)
  expect(stdout.match(/: taken away/g)).toHaveLength(1)
  expect(Object.keys(unusedIn(gateway))).toHaveLength(2)
})
