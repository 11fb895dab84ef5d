/** Device, setup and node commands against the built gateway: what an operator types while devices come and go. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { TestDevice } from '../src/access/device.fixture.ts'
import { readSetupCode } from '../src/node-host/setup-code.ts'
import { NODE_PARAMS } from '../src/server/websocket/node-gateway.fixture.ts'
import { authOf, tokenIn } from '../src/server/websocket/pairing.fixture.ts'
import {
  admitted,
  refusal,
  REMOTE,
  type ClientOptions,
} from '../src/server/websocket/test-client.fixture.ts'
import { runCli, startCli, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const at = { gateway: {} as RunningGateway }

beforeAll(async () => {
  const auth = { mode: 'token', token: TOKEN }
  at.gateway = await startGateway({ config: { gateway: { bind: 'lan', auth } } })
})
afterAll(async () => at.gateway.stop())

const owner = (...words: string[]) => {
  const { code, stdout, stderr } = at.gateway.cli(words)
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${stderr}`)
  return stdout
}
const asking = (device: TestDevice, scopes: readonly string[]): ClientOptions => ({
  device,
  headers: REMOTE,
  params: { auth: { token: TOKEN }, role: 'operator', scopes },
})
/** Asks to be let in, and is told under which id it waits. */
async function request(device: TestDevice, scopes: readonly string[]): Promise<string> {
  const { details } = await refusal(at.gateway.port, asking(device, scopes))
  return z.looseObject({ requestId: z.string() }).parse(details).requestId
}
const short = ({ id }: TestDevice) => id.slice(0, 12)

describe('a device', () => {
  it('asks, is listed and approved, named, rotated, revoked and removed', async () => {
    const device = new TestDevice()
    const scopes = ['operator.read', 'operator.write']
    const id = await request(device, scopes)
    expect(owner('devices', 'list')).toMatch(
      new RegExp(
        `${id.slice(0, 12)} .* operator +read,write +127\\.0\\.0\\.1 +another (4m \\d+s|5m)`,
      ),
    )
    const undecided = at.gateway.cli(['devices', 'approve'])
    expect([undecided.code, undecided.stderr]).toEqual([
      1,
      expect.stringContaining(`\`openclaw devices approve ${id.slice(0, 12)}\``),
    ])
    const byDevice = at.gateway.cli(['devices', 'approve', short(device)])
    expect([byDevice.code, byDevice.stderr]).toEqual([undecided.code, undecided.stderr])
    const approved = owner('devices', 'approve', id.slice(0, 12), '--expires', '30d')
    for (const words of [device.id, scopes.join(', ')]) expect(approved).toContain(words)

    const client = await admitted(at.gateway.port, asking(device, scopes))
    const token = tokenIn(client)
    owner('devices', 'rename', short(device), 'Kitchen phone')
    expect(owner('devices', 'list')).toMatch(
      new RegExp(
        `${short(device)} +Kitchen phone +operator +read,write +connected now +in (29d 23h|30d)`,
      ),
    )
    expect(owner('devices', 'rotate', '--device', short(device))).not.toContain('ocd_')
    expect((await client.closed).code).toBe(4001)
    const again = await admitted(at.gateway.port, asking(device, scopes))
    expect(tokenIn(again)).not.toBe(token)

    owner('devices', 'revoke', '--device', device.id, '--role', 'operator')
    expect((await again.closed).code).toBe(4001)
    const { details } = await refusal(at.gateway.port, {
      ...asking(device, scopes),
      params: { auth: { deviceToken: tokenIn(again) }, scopes },
    })
    expect(details).toMatchObject({ code: 'AUTH_DEVICE_TOKEN_MISMATCH' })
    owner('devices', 'remove', short(device))
    expect(owner('devices', 'list')).not.toContain(short(device))
    const gone = at.gateway.cli(['devices', 'remove', short(device)])
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('openclaw devices list')])
  })

  it('that was removed is forgotten where the owner says which, and is a new one then', async () => {
    const device = new TestDevice()
    const scopes = ['operator.read']
    owner('devices', 'approve', await request(device, scopes))
    owner('devices', 'remove', short(device))
    const all = ['devices', 'forget', '--all-removed'] as const
    expect(owner('devices', 'forget', '--removed-before', '1d')).toMatch(/^0 removed .* forgotten/)
    for (const words of [
      [],
      ['--all-removed', '--removed-before', '1d'],
      ['--removed-before', 'x'],
    ]) {
      const wrong = at.gateway.cli(['devices', 'forget', ...words])
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--removed-before')])
    }
    const dry = JSON.parse(owner(...all, '--dry-run', '--json'))
    expect(dry).toEqual({ forgotten: expect.any(Number), remembered: 0, dryRun: true })
    expect(dry.forgotten).toBeGreaterThan(0)
    expect(JSON.parse(owner(...all, '--json'))).toEqual({ ...dry, dryRun: false })
    expect(owner(...all)).toBe('0 removed devices forgotten, 0 still remembered\n')
    const waits = await request(device, scopes)
    const listed = JSON.parse(owner('devices', 'list', '--json'))
    const again = listed.pending.find(({ requestId }: { requestId: string }) => requestId === waits)
    expect(again).toMatchObject({ deviceId: device.id, isRepair: false })
    expect(owner('logs', 'auth')).toContain('device.pair.forget (removed=any)')
    owner('devices', 'reject', waits)
  })

  it.each([
    ['neither', {}],
    ['both', { all: true, removedBeforeMs: 1 }],
    ['a moment that is none', { removedBeforeMs: 'yesterday' }],
  ])('that was removed is not forgotten over REST by %s', async (_what, body) => {
    const { status } = await at.gateway.ask({
      method: 'POST',
      path: '/api/v1/devices/removed/forget',
      headers: { ...REMOTE, authorization: `Bearer ${TOKEN}` },
      body,
    })
    expect(status).toBe(400)
  })

  it('that asked in vain is rejected, one or all', async () => {
    const rejected = new TestDevice()
    const first = await request(rejected, ['operator.read'])
    owner('devices', 'reject', short(rejected))
    const second = await request(new TestDevice(), ['operator.read'])
    const third = await request(new TestDevice(), ['operator.read'])
    expect(owner('devices', 'clear')).toBe('2 requests rejected\n')
    expect(owner('devices', 'clear', '--yes')).toBe('no request waited\n')
    for (const id of [first, second, third])
      expect(at.gateway.cli(['devices', 'approve', id]).stderr).toContain('no request waits')
  })
})

describe('a setup code', () => {
  const url = () => `ws://127.0.0.2:${at.gateway.port}`
  const codeOf = (...words: string[]) => owner('qr', '--public-url', url(), ...words).trim()
  const secretOf = (code: string) => readSetupCode(code)?.bootstrapToken.reveal() ?? ''

  it('lets a device in once, and stands in no log', async () => {
    const code = codeOf()
    expect(readSetupCode(code)?.urls).toEqual([url()])
    const params = { role: 'node', scopes: [], auth: { bootstrapToken: secretOf(code) } }
    const phone = await admitted(at.gateway.port, {
      device: new TestDevice(),
      headers: REMOTE,
      params,
    })
    expect(authOf(phone).deviceTokens).toMatchObject([{ role: 'operator' }])
    const second = { device: new TestDevice(), headers: REMOTE, params }
    expect((await refusal(at.gateway.port, second)).details).toMatchObject({
      code: 'AUTH_BOOTSTRAP_TOKEN_INVALID',
    })
    for (const text of [owner('logs', '--json'), at.gateway.output()])
      for (const secret of [code, secretOf(code)]) expect(text).not.toContain(secret)
  })

  it('pairs a machine elsewhere, whose commands need nothing more', () => {
    const dir = mkdtempSync(join(tmpdir(), 'openclaw-elsewhere-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const env = { OPENCLAW_SETUP_CODE: codeOf('--access', 'limited') }
    const paired = runCli(dir, ['devices', 'pair', '--json'], { env })
    expect([paired.code, JSON.parse(paired.stdout)]).toMatchObject([0, { paired: true }])
    expect(runCli(dir, ['status', '--url', url()]).code).toBe(0)
    expect(runCli(dir, ['lockouts', 'list', '--url', url()]).stderr).toContain('approved for less')
    const used = runCli(dir, ['devices', 'pair'], { env })
    expect([used.code, used.stderr]).toEqual([1, expect.stringContaining('it works once')])
  })
})

it('a machine elsewhere that pairs waits until it is approved', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-elsewhere-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const url = `http://127.0.0.2:${at.gateway.port}`
  const words = ['devices', 'pair', '--url', url, '--token', TOKEN]
  const early = runCli(dir, [...words, '--no-wait', '--json'])
  const { requestId } = z.looseObject({ requestId: z.string() }).parse(JSON.parse(early.stdout))
  expect(early.code).toBe(1)
  const waiting = startCli(dir, words)
  await waiting.says(new RegExp(`openclaw devices approve ${requestId}`))
  owner('devices', 'approve', requestId)
  expect(await waiting.exited).toBe(0)
  // What the machine may do, it does without the token: here, with itself.
  const [own = ''] = /[0-9a-f]{12}(?= .*connected now)/.exec(
    runCli(dir, ['devices', 'list', '--url', url]).stdout,
  ) ?? ['']
  expect(runCli(dir, ['devices', 'rotate', own, '--url', url]).code).toBe(0)
  expect(runCli(dir, ['status', '--url', url]).code).toBe(0)
})

it('a node asks for its commands, is allowed them, runs one, and is removed', async () => {
  const device = new TestDevice()
  const node = await admitted(at.gateway.port, {
    device,
    params: { ...NODE_PARAMS, auth: { token: TOKEN }, commands: ['camera.snap', 'system.run'] },
  })
  const pending = owner('nodes', 'pending')
  expect(pending).toContain('    system.run\n')
  const [, id = ''] = /request +(\S+)/.exec(pending) ?? []
  expect(at.gateway.cli(['nodes', 'invoke', device.id, 'camera.snap']).code).toBe(1)
  owner('nodes', 'approve', id.slice(0, 8))
  expect(owner('nodes', 'list')).toMatch(
    new RegExp(`${short(device)} .*approved +connected now +camera\\.snap, system\\.run`),
  )
  expect(owner('nodes', 'describe', short(device))).toContain(device.id)

  const run = ['nodes', 'invoke', short(device), 'system.run', '--params', '{"argv":["ls"]}']
  const invoked = startCli(at.gateway.dir, run)
  const { payload } = await node.event('node.invoke.request')
  expect(payload).toMatchObject({ command: 'system.run', paramsJSON: '{"argv":["ls"]}' })
  const result = { id: payload?.['id'], nodeId: device.id, ok: true, payload: { out: 'x' } }
  await node.call('node.invoke.result', result)
  expect(await invoked.exited).toBe(0)
  expect(invoked.output()).toBe('{\n  "out": "x"\n}\n')

  owner('nodes', 'rename', short(device), 'Attic')
  expect(owner('nodes', 'list')).toContain('Attic')
  owner('nodes', 'remove', short(device))
  expect((await node.closed).code).toBe(4001)
  expect(owner('nodes', 'list')).not.toContain(short(device))
})
