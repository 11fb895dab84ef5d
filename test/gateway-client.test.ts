/** The published client of the wire against the gateway as its users start it: restarts, rotations and revocations. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { operator } from '../src/server/websocket/pairing.fixture.ts'
import { makeStateDir, startGateway, TOKEN, type RunningGateway } from './gateway.ts'
import {
  newIdentity,
  ReferenceClient,
  TokenFile,
  type ReferenceOptions,
} from './reference-client.fixture.ts'

const PANEL = 'https://panel.example'
/** Nobody is let in for being on this host: a client without a right credential is refused like anywhere else. */
const STRICT = {
  gateway: {
    auth: { mode: 'token', token: TOKEN, allowLocalDirect: false },
    controlUi: { allowedOrigins: [PANEL] },
  },
}
const PASSWORD = 'correct-horse-battery-staple-42'
const clients: ReferenceClient[] = []
const gateways: RunningGateway[] = []
const folders: string[] = []

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stop()))
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A gateway that can be started again in its state dir, on its port. */
async function start(config: unknown = STRICT): Promise<RunningGateway> {
  const dir = makeStateDir({ config })
  folders.push(dir)
  const gateway = await startGateway({ dir })
  gateways.push(gateway)
  return gateway
}

async function restart(gateway: RunningGateway, signal: NodeJS.Signals): Promise<RunningGateway> {
  await gateway.stop(signal)
  const next = await startGateway({ dir: gateway.dir, args: ['--port', String(gateway.port)] })
  gateways.splice(gateways.indexOf(gateway), 1, next)
  return next
}

function connect(options: ReferenceOptions): ReferenceClient {
  const client = new ReferenceClient(options)
  clients.push(client)
  return client
}

function newDevice() {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-client-'))
  folders.push(folder)
  return { identity: newIdentity(), tokens: new TokenFile(join(folder, 'token.json')) }
}
type Device = ReturnType<typeof newDevice>

/** Approved on this host with the shared token; resolves with the device token that it stored. */
async function pairedWith(port: number, device: Device): Promise<string> {
  const client = connect({ port, ...device, token: TOKEN })
  const { deviceToken } = await client.hello()
  await client.stop()
  expect(device.tokens.token).toBe(deviceToken)
  return deviceToken ?? ''
}

/** What an operator does about a device. */
async function operate(port: number, method: string, params: object): Promise<void> {
  const who = await operator(port)
  const { error } = await who.call(method, params)
  await who.close()
  expect(error).toBeUndefined()
}

describe('the reference client', () => {
  it('with the token: connects, calls, and comes back after a restart and after a kill', async () => {
    const gateway = await start()
    const client = connect({ port: gateway.port, token: TOKEN })
    expect(await client.hello()).toMatchObject({ method: 'token', scopes: ['operator.read'] })
    expect(await client.client.request('health', {})).toMatchObject({ ok: true })
    const again = await restart(gateway, 'SIGTERM')
    await client.hello(2)
    expect(client.closes[0]).toBe(1012)
    await restart(again, 'SIGKILL')
    await client.hello(3)
    expect(await client.client.request('health', {})).toMatchObject({ ok: true })
  })

  it('with the password', async () => {
    const auth = { mode: 'password', password: PASSWORD, allowLocalDirect: false }
    const gateway = await start({ gateway: { auth } })
    const client = connect({ port: gateway.port, password: PASSWORD, ...newDevice() })
    expect(await client.hello()).toMatchObject({ method: 'password' })
    expect((await client.hello()).deviceToken).toMatch(/^ocd_/)
  })

  it('with a device token alone, from a file, over a restart of either', async () => {
    const gateway = await start()
    const device = newDevice()
    const token = await pairedWith(gateway.port, device)
    const client = connect({ port: gateway.port, ...device })
    expect(await client.hello()).toMatchObject({ method: 'device-token', deviceToken: token })
    await restart(gateway, 'SIGTERM')
    expect(await client.hello(2)).toMatchObject({ method: 'device-token', deviceToken: token })
    await client.stop()
    expect(await connect({ port: gateway.port, ...device }).hello()).toMatchObject({
      method: 'device-token',
    })
  })

  it('tries the token of its device when the shared one is wrong', async () => {
    const gateway = await start()
    const device = newDevice()
    await pairedWith(gateway.port, device)
    const client = connect({ port: gateway.port, ...device, token: 'ba5eba11'.repeat(8) })
    expect(await client.hello()).toMatchObject({ method: 'device-token' })
  })

  it('stops asking while nobody has approved its device, and comes in once somebody has', async () => {
    const gateway = await start()
    const device = newDevice()
    const from = { port: gateway.port, origin: PANEL, token: TOKEN }
    const client = connect({ ...from, ...device })
    expect(await client.paused).toMatchObject({ code: 1008, detailCode: 'PAIRING_REQUIRED' })
    const who = await operator(gateway.port)
    const { payload } = await who.call('device.pair.list', {})
    const [pending] = Object(payload).pending
    expect(pending).toMatchObject({ deviceId: device.identity.deviceId, browserOrigin: PANEL })
    await operate(gateway.port, 'device.pair.approve', { requestId: pending.requestId })
    expect(await connect({ ...from, ...device }).hello()).toMatchObject({ method: 'token' })
    expect(device.tokens.token).toMatch(/^ocd_/)
  })
})

describe('R47: a rotation of its token', () => {
  it('cuts the client, which comes back with the old one, stores the new one, and uses that from then on', async () => {
    const gateway = await start()
    const device = newDevice()
    const old = await pairedWith(gateway.port, device)
    const client = connect({ port: gateway.port, ...device })
    await client.hello()
    const target = { deviceId: device.identity.deviceId, role: 'operator' }
    await operate(gateway.port, 'device.token.rotate', target)
    const second = await client.hello(2)
    expect(client.closes).toEqual([4001])
    expect(second.deviceToken).not.toBe(old)
    expect(device.tokens.token).toBe(second.deviceToken)

    // Killed before the new one was used: it is neither lost nor has it shut anybody out.
    await restart(gateway, 'SIGKILL')
    expect(await client.hello(3)).toMatchObject({
      method: 'device-token',
      deviceToken: second.deviceToken,
    })
    const thief = connect({ port: gateway.port, identity: device.identity, deviceToken: old })
    expect(await thief.paused).toMatchObject({ detailCode: 'AUTH_DEVICE_TOKEN_MISMATCH' })
    expect(await client.client.request('health', {})).toMatchObject({ ok: true })
  })

  it('twice, before the client has used the first new one, leaves it in', async () => {
    const gateway = await start()
    const device = newDevice()
    await pairedWith(gateway.port, device)
    const client = connect({ port: gateway.port, ...device })
    const target = { deviceId: device.identity.deviceId, role: 'operator' }
    for (const count of [1, 2]) {
      await client.hello(count)
      await operate(gateway.port, 'device.token.rotate', target)
    }
    await client.hello(3)
    expect(client.closes).toEqual([4001, 4001])
  })
})

describe.each([
  ['device.token.revoke', { role: 'operator' }],
  ['device.pair.remove', {}],
])('R45: after %s', (method, more) => {
  it('the client is cut, comes back once, forgets its token and stops trying', async () => {
    const gateway = await start()
    const device = newDevice()
    await pairedWith(gateway.port, device)
    const client = connect({ port: gateway.port, ...device })
    await client.hello()
    await operate(gateway.port, method, { deviceId: device.identity.deviceId, ...more })
    expect(await client.paused).toMatchObject({
      code: 1008,
      detailCode: 'AUTH_DEVICE_TOKEN_MISMATCH',
    })
    expect(client.closes).toEqual([4001, 1008])
    expect(device.tokens.token).toBeNull()

    // With the shared token, on this very host, it asks now: only an operator lets it in again.
    const asks = connect({ port: gateway.port, ...device, token: TOKEN })
    expect(await asks.paused).toMatchObject({ detailCode: 'PAIRING_REQUIRED' })
  })
})
