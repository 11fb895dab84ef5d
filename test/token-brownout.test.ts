/** A rotation from its cockpit, on the built gateway: both ports, open sockets, restarts, and who is named. */
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { TestDevice } from '../src/access/device.fixture.ts'
import { NODE_PARAMS } from '../src/server/websocket/node-gateway.fixture.ts'
import { admitted, refusal } from '../src/server/websocket/test-client.fixture.ts'
import { login } from './config-confirm.fixture.ts'
import { bearer, makeStateDir, REMOTE, startGateway, TOKEN } from './gateway.ts'

const NEW = 'decade22'.repeat(8)
const AUTH = { mode: 'token', token: TOKEN, tokenSecondary: NEW }

async function rotating() {
  const dir = makeStateDir({ config: { gateway: { auth: AUTH, bridgePort: 0 } } })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const start = async () => {
    const gateway = await startGateway({ dir })
    onTestFinished(async () => void (await gateway.stop()))
    const said = /nodes alone, connect to http:\/\/127\.0\.0\.1:(\d+)/i.exec(gateway.output())
    return { gateway, bridge: Number(said?.[1]) }
  }
  return { start, ...(await start()) }
}
type Gateway = Awaited<ReturnType<typeof rotating>>['gateway']

const statusOf = async (gateway: Gateway, token: string) =>
  (await gateway.ask(withToken(token))).status
const withToken = (token: string) => ({
  headers: { ...REMOTE, ...bearer(token), 'user-agent': 'nightly-backup' },
})
const operator = (gateway: Gateway, token: string) =>
  admitted(gateway.port, {
    headers: REMOTE,
    params: { auth: { token }, scopes: ['operator.admin'] },
  })

test('a brown-out closes what the old token opened on both ports, and says who comes back', async () => {
  const { gateway, bridge } = await rotating()
  const device = new TestDevice()
  const params = { ...NODE_PARAMS, auth: { token: TOKEN } }
  const waits = await refusal(bridge, { device, params })
  const admin = await operator(gateway, NEW)
  await admin.call('device.pair.approve', { requestId: waits.details?.['requestId'] })
  const node = await admitted(bridge, { device, params })
  const old = await operator(gateway, TOKEN)
  await login(gateway)
  const before = gateway.cli(['token', 'status']).stdout
  expect(before).toContain('connected now')
  expect(before).toContain(device.id.slice(0, 12))
  expect(before).toContain('a browser logged in with')

  expect(gateway.cli(['token', 'brownout', '10m'])).toMatchObject({ code: 0 })
  expect(await old.closed).toMatchObject({ code: 4001 })
  expect(await node.closed).toMatchObject({ code: 4001 })
  expect(await admin.call('health')).toMatchObject({ ok: true })

  // The usual answers: what it will be like once the token is gone.
  const { status, json, text } = await gateway.ask(withToken(TOKEN))
  expect([status, json]).toMatchObject([401, { error: { code: 'unauthorized' } }])
  const turnedAway = await refusal(gateway.port, {
    headers: REMOTE,
    params: { auth: { token: TOKEN } },
  })
  expect(turnedAway.details?.['code']).toBe('AUTH_TOKEN_MISMATCH')
  await refusal(bridge, { device, params })
  for (let again = 0; again < 30; again += 1) expect(await statusOf(gateway, TOKEN)).toBe(401)
  expect(gateway.cli(['lockouts', 'list']).stdout).not.toContain('127.0.0.1')
  expect(await statusOf(gateway, NEW)).toBe(200)

  const id = /"requestId":"([^"]+)"/.exec(text)?.[1] ?? ''
  expect(gateway.cli(['auth', 'why', id]).stdout).toMatch(/token_browned_out[\s\S]*new one/)
  const shown = gateway.cli(['token', 'status']).stdout
  expect(shown).toMatch(/127\.0\.0\.1, nightly-backup: 31 times/)
  expect(shown).toMatch(new RegExp(`device .*${device.id.slice(0, 12)}.*: 1 time`))
  expect(gateway.cli(['token', 'promote']).stderr).toContain('nightly-backup')
  await admin.close()
})

test('it survives kill -9, and ends when it was to end', async () => {
  const { gateway, start } = await rotating()
  await gateway.ask({
    method: 'POST',
    path: '/api/v1/token/brownout',
    headers: { ...REMOTE, ...bearer(NEW) },
    body: { durationMs: 5000 },
  })
  gateway.child.kill('SIGKILL')
  await once(gateway.child, 'close')
  const { gateway: again } = await start()
  expect(await statusOf(again, TOKEN)).toBe(401)
  await vi.waitFor(async () => expect(await statusOf(again, TOKEN)).toBe(200), {
    timeout: 20_000,
    interval: 50,
  })
})

test('a rollback closes what the new token opened, on both ports, and the old one is right', async () => {
  const { gateway, bridge } = await rotating()
  const device = new TestDevice()
  const params = { ...NODE_PARAMS, auth: { token: NEW } }
  const waits = await refusal(bridge, { device, params })
  const fresh = await operator(gateway, NEW)
  await fresh.call('device.pair.approve', { requestId: waits.details?.['requestId'] })
  const node = await admitted(bridge, { device, params })
  gateway.cli(['token', 'brownout', '10m'])
  const refused = gateway.cli(['token', 'rollback'])
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('token rollback --force'),
  ])
  expect(await statusOf(gateway, NEW)).toBe(200)
  expect(gateway.cli(['token', 'rollback', '--force'])).toMatchObject({ code: 0 })
  expect(await fresh.closed).toMatchObject({ code: 4001 })
  expect(await node.closed).toMatchObject({ code: 4001 })
  expect(await statusOf(gateway, NEW)).toBe(401)
  expect(await statusOf(gateway, TOKEN)).toBe(200)
})

test('what a brown-out needs', async () => {
  const { gateway } = await rotating()
  expect(gateway.cli(['token', 'brownout', 'soon'])).toMatchObject({ code: 2 })
  expect(gateway.cli(['token', 'brownout', '2h'])).toMatchObject({ code: 2 })
  expect(await statusOf(gateway, TOKEN)).toBe(200)
  gateway.cli(['token', 'brownout', '10m'])
  expect(await statusOf(gateway, TOKEN)).toBe(401)
  expect(gateway.cli(['token', 'brownout', 'off'])).toMatchObject({ code: 0 })
  expect(await statusOf(gateway, TOKEN)).toBe(200)
})
