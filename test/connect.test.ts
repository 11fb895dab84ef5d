/** `openclaw connect`, built, against the built gateway: let in, approved, asked, cut off, and back again. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { tryLock } from '../src/host/file-lock.ts'
import { pendingId } from '../src/server/websocket/node-gateway.fixture.ts'
import { admitted, REMOTE } from '../src/server/websocket/test-client.fixture.ts'
import { waitFor } from './channels.fixture.ts'
import {
  makeStateDir,
  runCli,
  startCli,
  startGateway,
  TOKEN,
  type RunningCommand,
  type RunningGateway,
} from './gateway.ts'

/** Nobody is local on the bridge: each device there waits for somebody to approve it. */
const CONFIG = { gateway: { auth: { mode: 'token', token: TOKEN }, bridgePort: 0 } }
const ECHO_ARGS = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
const ECHO_ENV = 'process.stdout.write(JSON.stringify(process.env))'
const WAIT = 'touch started && exec sleep 600'
const listFor = (cwd: string) => ({
  commands: {
    'echo.args': { run: [process.execPath, '-e', ECHO_ARGS, '--'], extraArgs: true },
    'echo.env': { run: [process.execPath, '-e', ECHO_ENV] },
    'wait.long': { run: ['/bin/sh', '-c', WAIT], cwd, timeoutSeconds: 600 },
  },
})

const folders: string[] = []
const gateways: RunningGateway[] = []
const commands: RunningCommand[] = []

afterEach(async () => {
  for (const { child } of commands) child.kill('SIGKILL')
  await Promise.all(commands.splice(0).map(({ exited }) => exited))
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop('SIGKILL')))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function start(config: unknown = CONFIG): Promise<RunningGateway> {
  const dir = makeStateDir({ config })
  folders.push(dir)
  return started(await startGateway({ dir }))
}
function started(gateway: RunningGateway): RunningGateway {
  gateways.push(gateway)
  return gateway
}
const bridgeOf = ({ output }: RunningGateway): number =>
  Number(/nodes alone, connect to http:\/\/127\.0\.0\.1:(\d+)/i.exec(output())?.[1])

/** A machine elsewhere. */
function machine(): string {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-node-'))
  writeFileSync(join(dir, 'node-commands.json'), JSON.stringify(listFor(dir)), { mode: 0o600 })
  folders.push(dir)
  return dir
}
function connect(dir: string, args: readonly string[], more: Parameters<typeof startCli>[2] = {}) {
  const command = startCli(dir, ['connect', ...args], more)
  commands.push(command)
  return command
}
const operator = ({ port }: RunningGateway) =>
  admitted(port, {
    headers: REMOTE,
    params: { auth: { token: TOKEN }, scopes: ['operator.admin'] },
  })
type Operator = Awaited<ReturnType<typeof operator>>

async function call(who: Operator, method: string, params: object): Promise<unknown> {
  const { ok, error, payload } = await who.call(method, params)
  if (ok !== true) throw new Error(JSON.stringify(error))
  return payload
}
const invoke = async (who: Operator, nodeId: string, command: string, params?: object) =>
  Object(
    await call(who, 'node.invoke', {
      nodeId,
      command,
      params,
      idempotencyKey: `${command}-${Math.random()}`,
    }),
  )

async function setupCode(gateway: RunningGateway, who: Operator) {
  const publicUrl = `ws://127.0.0.1:${bridgeOf(gateway)}`
  const made = Object(
    await call(who, 'device.pair.setupCode', { bootstrapProfile: 'node', publicUrl }),
  )
  return { publicUrl, made }
}

/** Let in by its setup code, with its commands approved. */
async function servingNode(gateway: RunningGateway) {
  const who = await operator(gateway)
  const { publicUrl, made } = await setupCode(gateway, who)
  const dir = machine()
  const node = connect(dir, ['--code', '-'], { input: `${made.setupCode}\n` })
  const [, nodeId = ''] = await node.says(/device +([0-9a-f]{64})/)
  await node.says(/connected to/)
  await call(who, 'node.pair.approve', { requestId: await pendingId(who) })
  return { dir, node, nodeId, who, code: String(made.setupCode), publicUrl }
}

describe('openclaw connect', () => {
  it('keeps its token though it is ended as soon as it is connected: a code works once', async () => {
    const gateway = await start()
    const who = await operator(gateway)
    const { publicUrl, made } = await setupCode(gateway, who)
    const dir = machine()
    mkdirSync(join(dir, 'identity'), { mode: 0o700 })
    const lock = tryLock(join(dir, 'identity/gateway-tokens.json.lock'), 0)
    if (lock.kind !== 'held') throw new Error(lock.kind)
    const node = connect(dir, ['--code', '-'], { input: `${made.setupCode}\n` })
    await node.says(/connected to/)
    node.child.kill('SIGTERM')
    await waitFor(async () => {
      const { nodes } = Object(await call(who, 'node.list', {}))
      expect(nodes).toMatchObject([{ connected: false }])
    })
    lock.release()
    expect(await node.exited).toBe(0)
    const again = connect(dir, ['--url', publicUrl])
    await again.says(/connected to/)
  })

  it('waits for two approvals, runs what it allows, and ends when it is removed', async () => {
    const gateway = await start()
    const url = `http://127.0.0.1:${bridgeOf(gateway)}`
    const dir = machine()
    const env = { OPENCLAW_GATEWAY_TOKEN: TOKEN, SOME_SECRET: 'hunter2' }
    const node = connect(dir, ['--url', url, '--token', TOKEN, '--name', 'Attic'], { env })
    const [, nodeId = ''] = await node.says(/device +([0-9a-f]{64})/)
    const [, requestId = ''] = await node.says(/ {2}openclaw devices approve (\S+)/)
    const who = await operator(gateway)
    await call(who, 'device.pair.approve', { requestId })
    await node.says(
      /connected to http.*\n.*approved this node.*\n {2}openclaw nodes pending\n {2}openclaw nodes approve/,
    )

    await expect(invoke(who, nodeId, 'echo.env')).rejects.toThrow(/awaits an operator/)
    await call(who, 'node.pair.approve', { requestId: await pendingId(who) })
    const list = Object(await call(who, 'node.list', {}))
    expect(list.nodes).toMatchObject([
      { displayName: 'Attic', commands: ['echo.args', 'echo.env', 'node.info', 'wait.long'] },
    ])

    const argument = `a "b" 'c'; touch pwned $(id)\nd`
    const echoed = await invoke(who, nodeId, 'echo.args', { args: [argument, ''] })
    expect(echoed.payload).toMatchObject({ exitCode: 0, signal: null, truncated: false })
    expect(JSON.parse(echoed.payload.stdout)).toEqual([argument, ''])
    const seen = await invoke(who, nodeId, 'echo.env')
    expect(
      Object.keys(JSON.parse(seen.payload.stdout)).filter(
        (name) => !/^(PATH|HOME|LANG)$/.test(name),
      ),
    ).toEqual([])
    expect((await invoke(who, nodeId, 'node.info')).payload.platform).toBe(process.platform)
    await expect(invoke(who, nodeId, 'echo.env', { args: ['x'] })).rejects.toThrow(/not-allowed/)
    await node.says(/echo\.args: exit 0, \d+(ms|s)\n/)
    await node.says(/node\.info: done/)
    expect(node.output()).not.toMatch(/pwned|hunter2/)

    await call(who, 'device.pair.remove', { deviceId: nodeId })
    expect(await node.exited).toBe(1)
    expect(node.output()).toMatch(/disconnected \(4001 device removed\)/)
    expect(node.output()).toMatch(
      /AUTH_DEVICE_TOKEN_MISMATCH.*no longer valid there.*`openclaw qr --access node` on its host, then `openclaw connect --code -` here/,
    )
    // It was started with the gateway’s token, and did not ask with that to be let in again.
    expect(Object(await call(who, 'device.pair.list', {})).pending).toEqual([])
    await who.close()
  })

  it('is let in by a setup code once, comes back after a kill of the gateway, and ends cleanly', async () => {
    const gateway = await start()
    const { dir, node, nodeId, who, code, publicUrl } = await servingNode(gateway)
    expect(node.output()).not.toContain('warning')
    expect((await invoke(who, nodeId, 'echo.args', { args: ['1'] })).payload.stdout).toBe('["1"]')

    await gateway.stop('SIGKILL')
    const said = node.output().length
    const bridge = new URL(publicUrl).port
    const again = started(
      await startGateway({
        dir: gateway.dir,
        args: ['--port', String(gateway.port)],
        env: { OPENCLAW_BRIDGE_PORT: bridge },
      }),
    )
    await node.says(/connected to/, said)
    const next = await operator(again)
    expect((await invoke(next, nodeId, 'echo.args', { args: ['2'] })).payload.stdout).toBe('["2"]')

    // What still runs is ended, and whoever waits hears so.
    const waiting = invoke(next, nodeId, 'wait.long')
    const ended = expect(waiting).rejects.toThrow(/cancelled/)
    while (!existsSync(join(dir, 'started'))) await call(next, 'node.list', {})
    node.child.kill('SIGTERM')
    await ended
    expect(await node.exited).toBe(0)
    expect(node.output()).toMatch(/wait\.long: cancelled[^]*stopped\n$/)

    const used = runCli(dir, ['connect', '--code', '-', '--json'], { input: code })
    expect([used.code, used.stderr]).toEqual([
      1,
      expect.stringMatching(/AUTH_BOOTSTRAP_TOKEN_INVALID/),
    ])
    const lines = used.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ event }) => event)).toEqual(['started', 'ended'])
    const url = publicUrl.replace('ws', 'http')
    const paired = connect(dir, ['--url', url, '--json'])
    await paired.says(/"event":"connected"/)
    paired.child.kill('SIGINT')
    expect(await paired.exited).toBe(0)
  })

  it('stops a command that nobody waits for any more, and comes back with a new token', async () => {
    const gateway = await start()
    const { node, nodeId, who } = await servingNode(gateway)
    const params = { nodeId, command: 'wait.long', timeoutMs: 300, idempotencyKey: 'x' }
    const { error } = await who.call('node.invoke', params)
    expect(error?.message).toMatch(/did not answer in time|timeout/)
    await node.says(/wait\.long: (cancelled|timeout)/)

    // A new token cuts it off, and it comes back with it: that is no revocation.
    const said = node.output().length
    await call(who, 'device.token.rotate', { deviceId: nodeId, role: 'node' })
    await node.says(/disconnected \(4001/, said)
    await node.says(/connected to/, said)
    expect((await invoke(who, nodeId, 'node.info')).payload.platform).toBe(process.platform)
    await who.close()
  })

  it('without --url serves this host’s gateway, with the configured token', async () => {
    const gateway = await start({ gateway: { auth: CONFIG.gateway.auth } })
    const node = connect(gateway.dir, ['--allow', 'up=uptime'])
    await node.says(new RegExp(`connected to http://127.0.0.1:${gateway.port}`))
    await node.says(/commands +node\.info, up\n/)
  })

  it.each([
    ['removed', ['remove']],
    ['revoked', ['revoke', '--role', 'node', '--device']],
  ])('on the gateway’s own host ends when it is %s, after a new token too', async (_, words) => {
    const gateway = await start({ gateway: { auth: CONFIG.gateway.auth } })
    const node = connect(gateway.dir, ['--allow', 'up=uptime'])
    const [, nodeId = ''] = await node.says(/device +([0-9a-f]{64})/)
    await node.says(/connected to/)
    const said = node.output().length
    expect(gateway.cli(['devices', 'rotate', '--device', nodeId, '--role', 'node']).code).toBe(0)
    await node.says(/disconnected \(4001/, said)
    await node.says(/connected to/, said)

    const [verb = '', ...options] = words
    expect(gateway.cli(['devices', verb, ...options, nodeId]).code).toBe(0)
    expect(await node.exited).toBe(1)
    expect(node.output()).toMatch(/no longer valid there.*start this command again/)
    expect(node.output()).not.toContain('devices approve')
    // Nobody has to reject what it asked for when it came back.
    expect(JSON.parse(gateway.cli(['devices', 'list', '--json']).stdout).pending).toEqual([])
  })

  it('with --once does not wait: for an approval, nor for a gateway', async () => {
    const gateway = await start()
    const url = `http://127.0.0.1:${bridgeOf(gateway)}`
    const refused = runCli(machine(), ['connect', '--once', '--url', url, '--token', TOKEN])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/PAIRING_REQUIRED.*openclaw devices approve/)
    const nobody = runCli(machine(), ['connect', '--once', '--url', 'http://127.0.0.1:1'])
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('ECONNREFUSED')])
  })

  it.each([
    { args: ['--allow', 'up=uptime; reboot'], why: 'there is no shell' },
    { args: ['--code', '-', '--token', 'x'], why: 'not both' },
    { args: ['--code', '-'], why: 'this is no setup code' },
    { args: ['--url', 'http://203.0.113.9'], why: 'would travel unencrypted' },
    { args: ['--config', '/nowhere/list.json'], why: '/nowhere/list.json is not there' },
  ])('used with $args says what is wrong', ({ args, why }) => {
    const { code, stderr } = runCli(machine(), ['connect', ...args])
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)])
  })

  it('refuses a list that others can write, and calls out dangerous names', () => {
    const dir = machine()
    const once = ['connect', '--once', '--url', 'http://127.0.0.1:1']
    const { stderr } = runCli(dir, [...once, '--allow', 'system.run=true'])
    expect(stderr).toMatch(/warning: system\.run: .*reach deep into a machine/)
    chmodSync(join(dir, 'node-commands.json'), 0o602)
    const { code, stderr: refused } = runCli(dir, once)
    expect([code, refused]).toEqual([2, expect.stringContaining('can be written by everyone')])
  })
})
