/** `openclaw doctor` on real state dirs: what it finds, what it mends, and that it lets nobody in by it (SPEC 9). */
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { tryLock } from '../src/host/file-lock.ts'
import { makeStateDir, runCli, startCli, startGateway, TOKEN, type Setup } from './gateway.ts'

interface Report {
  readonly findings: readonly {
    readonly checkId: string
    readonly severity: string
    readonly detail: string
  }[]
  readonly repaired: readonly { readonly what: string; readonly done: boolean }[]
}

function stateDir(setup: Setup = {}): string {
  const dir = makeStateDir(setup)
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Somebody on this machine may have the usual port. */
const NO_PORT = { OPENCLAW_GATEWAY_PORT: '0' }

function doctor(dir: string, flags: readonly string[] = [], env: Record<string, string> = {}) {
  const out = runCli(dir, ['doctor', '--json', ...flags], { env: { ...NO_PORT, ...env } })
  const report = JSON.parse(out.stdout) as Report
  const detailOf = (id: string) => report.findings.find(({ checkId }) => checkId === id)?.detail
  return { ...out, report, detailOf, ids: report.findings.map(({ checkId }) => checkId) }
}

/** What says nothing of the state dir: the tests may run in a container, as anybody. */
const OF_THE_HOST = /^(service|host)\./

test('a fresh install is well: exit 0, and nothing is made', () => {
  const dir = stateDir()
  const { code, ids } = doctor(dir)
  expect(ids.filter((id) => !OF_THE_HOST.test(id))).toEqual(['gateway.not_running'])
  expect(code).toBe(0)
  expect(readdirSync(dir)).toEqual([])
})

test('a gateway that runs is well; killed, it is missed, and --fix forgets it', async () => {
  const gateway = await startGateway({
    dir: stateDir({ config: { gateway: { auth: { token: TOKEN } } } }),
  })
  onTestFinished(() => void gateway.child.kill('SIGKILL'))
  const up = doctor(gateway.dir)
  expect(up.ids.filter((id) => !OF_THE_HOST.test(id))).toEqual([])
  expect(up.code).toBe(0)
  expect(up.stdout).not.toContain(TOKEN)
  await gateway.stop('SIGKILL')
  const killed = doctor(gateway.dir)
  expect(killed.detailOf('gateway.not_running')).toContain(`pid ${gateway.child.pid}`)
  expect(killed.code).toBe(1)
  const mended = doctor(gateway.dir, ['--fix'])
  expect(mended.report.repaired).toEqual([
    { checkId: 'gateway.not_running', what: expect.stringContaining('gateway.json'), done: true },
  ])
  expect(existsSync(join(gateway.dir, 'gateway.json'))).toBe(false)
  expect(mended.code).toBe(0)
  expect(doctor(gateway.dir, ['--fix']).report.repaired).toEqual([])
})

test('a configuration that loads and is not in force is a fault, until it is', async () => {
  const config = { gateway: { auth: { token: TOKEN } } }
  const gateway = await startGateway({ dir: stateDir({ config }) })
  onTestFinished(() => void gateway.child.kill('SIGKILL'))
  const file = join(gateway.dir, 'openclaw.json')
  const inForce = () => doctor(gateway.dir).detailOf('config.not_in_force')
  writeFileSync(file, '{}', { mode: 0o600 })
  await vi.waitFor(() => expect(inForce()).toMatch(/token/), 10_000)
  expect(doctor(gateway.dir).code).toBe(1)
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  await vi.waitFor(() => expect(inForce()).toBeUndefined(), 10_000)
})

test('a gateway that hangs is said not to answer', async () => {
  const gateway = await startGateway({ dir: stateDir({ config: {} }) })
  onTestFinished(async () => {
    gateway.child.kill('SIGCONT')
    await gateway.stop('SIGKILL')
  })
  // It says where it listens a moment before others can read it.
  await vi.waitFor(() => expect(existsSync(join(gateway.dir, 'gateway.json'))).toBe(true))
  gateway.child.kill('SIGSTOP')
  const { code, report } = doctor(gateway.dir)
  const silent = report.findings.filter(({ checkId }) => checkId === 'gateway.not_answering')
  expect(silent.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/owner’s socket: no answer in 1 s/),
    expect.stringMatching(/127\.0\.0\.1:\d+: no answer in 1 s/),
    ...silent.slice(2).map(() => expect.stringMatching(/no answer|refused/)),
  ])
  expect(code).toBe(1)
})

test('who has the port is named, with pid and program', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const address = other.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const dir = stateDir({ config: { gateway: { port: address.port } } })
  const { detailOf, code } = doctor(dir, [], { OPENCLAW_GATEWAY_PORT: '' })
  expect(detailOf('gateway.port_taken')).toMatch(
    new RegExp(
      `^127\\.0\\.0\\.1:${address.port} belongs to node.* \\(pid ${process.pid}, uid \\d+\\)$`,
    ),
  )
  expect(code).toBe(1)
})

test('R46 a token in the environment that shadows the file’s: both sources, neither value', () => {
  const dir = stateDir({ config: { gateway: { auth: { mode: 'token', token: TOKEN } } } })
  const other = 'facade00'.repeat(8)
  const { detailOf, stdout, stderr } = doctor(dir, [], { OPENCLAW_GATEWAY_TOKEN: other })
  expect(detailOf('config.shadowed_secret')).toMatch(
    /^gateway\.auth\.token: environment variable OPENCLAW_GATEWAY_TOKEN wins .*openclaw\.json:\d+$/,
  )
  for (const secret of [TOKEN, other]) expect(stdout + stderr).not.toContain(secret)
  expect(doctor(dir, [], { OPENCLAW_GATEWAY_TOKEN: TOKEN }).ids).not.toContain(
    'config.shadowed_secret',
  )
})

test('what stands in the way of a start is what the start says', () => {
  const open = stateDir({ config: { gateway: { bind: 'lan' } } })
  expect(doctor(open).detailOf('config.would_not_start')).toContain('no token is configured')
  const broken = stateDir({ files: { 'openclaw.json': '{ gateway: { bind: "everywhere" } }' } })
  expect(doctor(broken).detailOf('config.does_not_load')).toMatch(/openclaw\.json:1: gateway\.bind/)
  const twice = stateDir({ config: {}, files: { 'gateway.yaml': 'gateway:\n  port: 1\n' } })
  const { detailOf, report } = doctor(twice, ['--fix', '--yes'])
  expect(detailOf('config.does_not_load')).toContain('two configuration files')
  expect(report.repaired).toEqual([])
  const keys = stateDir({ config: {}, files: { 'auth/api_keys.json': '{"api_keys": [' } })
  writeFileSync(join(keys, 'openclaw.json'), '{ security: { apiKeys: { enabled: true } } }')
  expect(doctor(keys).detailOf('config.would_not_start')).toContain('api_keys.json')
})

test('a store and a record that were tampered with are noticed', async () => {
  const gateway = await startGateway({ dir: stateDir({ config: {} }) })
  await gateway.ask({ headers: { authorization: 'Bearer wrong' } })
  await gateway.stop()
  expect(doctor(gateway.dir).ids).not.toContain('record.broken')
  const [record = ''] = readdirSync(join(gateway.dir, 'records'))
  const path = join(gateway.dir, 'records', record)
  truncateSync(path, statSync(path).size - 40)
  expect(doctor(gateway.dir).detailOf('record.broken')).toMatch(/missing|no entry/)
  writeFileSync(join(gateway.dir, 'store.sqlite'), 'no database at all, and long enough to tell')
  expect(doctor(gateway.dir).detailOf('store.damaged')).toContain('is damaged')
})

test('a lock file that is none is moved aside, a leftover deleted, a fresh one left', () => {
  const dir = stateDir({
    config: {},
    files: {
      'gateway.lock': 'somebody wrote this here',
      '.openclaw.json.0123456789ab.tmp': 'old',
      '.openclaw.json.ba9876543210.tmp': 'being written',
    },
  })
  const old = join(dir, '.openclaw.json.0123456789ab.tmp')
  utimesSync(old, 1, 1)
  expect(doctor(dir).ids).toEqual(
    expect.arrayContaining(['gateway.not_answering', 'locks.unlockable', 'files.leftover']),
  )
  const { code, report } = doctor(dir, ['--fix'])
  expect(report.repaired.map(({ done }) => done)).toEqual([true, true])
  expect(existsSync(old)).toBe(false)
  expect(existsSync(join(dir, '.openclaw.json.ba9876543210.tmp'))).toBe(true)
  const [aside = ''] = readdirSync(join(dir, 'recovered'))
  expect(readFileSync(join(dir, 'recovered', aside, 'gateway.lock'), 'utf8')).toContain('somebody')
  expect(code).toBe(0)
  expect(doctor(dir, ['--fix']).report.repaired).toEqual([])
})

test('the clock is behind what was written here', () => {
  const dir = stateDir({ config: {} })
  const tomorrow = Date.now() / 1000 + 86_400
  utimesSync(join(dir, 'openclaw.json'), tomorrow, tomorrow)
  expect(doctor(dir).detailOf('clock.behind')).toContain('openclaw.json is of')
})

const YAML = `# my gateway
gateway:
  # for everybody here
  token: \${CLAW_TOKEN}
  host: 0.0.0.0
  port: 18999
agents:
  list:
    # the first
    - id: main
      systemPrompt: |
        Answer shortly.
        Answer "well".
`

test('S3’s flat keys and file get their present names, and mean the same to everybody', () => {
  const dir = stateDir({ files: { 'gateway.yaml': YAML } })
  const env = { CLAW_TOKEN: TOKEN }
  const shown = (path: string) => runCli(dir, ['config', 'get', path, '--json'], { env }).stdout
  const before = shown('gateway')
  expect(doctor(dir, [], env).ids).toEqual(
    expect.arrayContaining(['config.flat_keys', 'config.file_name']),
  )
  expect(readFileSync(join(dir, 'gateway.yaml'), 'utf8')).toBe(YAML)

  const named = doctor(dir, ['--fix', '--non-interactive'], env)
  const yaml = readFileSync(join(dir, 'gateway.yaml'), 'utf8')
  expect(yaml).toMatch(/auth:\n +token: \$\{CLAW_TOKEN\}/)
  expect(yaml).toContain('bind: lan')
  expect(yaml).not.toMatch(/^ {2}(token|host):/m)
  for (const comment of ['# my gateway', '# for everybody here', '# the first'])
    expect(yaml).toContain(comment)
  expect(named.ids).not.toContain('config.flat_keys')
  expect(named.report.repaired.map(({ done }) => done)).toEqual([true, false])

  const moved = doctor(dir, ['--fix', '--yes'], env)
  expect(moved.report.repaired.map(({ done }) => done)).toEqual([true])
  const json = readFileSync(join(dir, 'openclaw.json'), 'utf8')
  for (const comment of ['// my gateway', '// for everybody here', '// the first'])
    expect(json).toContain(comment)
  expect(existsSync(join(dir, 'gateway.yaml'))).toBe(false)
  expect(statSync(join(dir, 'openclaw.json')).mode & 0o777).toBe(0o600)
  expect(shown('gateway')).toBe(before)
  expect(shown('agents.list[0].systemPrompt')).toBe(
    `${JSON.stringify('Answer shortly.\nAnswer "well".\n')}\n`,
  )
  expect(doctor(dir, ['--fix', '--yes'], env).report.repaired).toEqual([])
  expect([moved.stdout, named.stdout].join()).not.toContain(TOKEN)
})

test('a running gateway goes on through the move, and reads the new file', async () => {
  const dir = stateDir({
    files: { 'config.json': '{\n  // mine\n  session: { dmScope: "main" },\n}\n' },
  })
  const gateway = await startGateway({ dir })
  onTestFinished(async () => void (await gateway.stop()))
  expect(doctor(dir, ['--fix', '--yes']).report.repaired.map(({ done }) => done)).toEqual([true])
  expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toContain('// mine')
  expect(gateway.cli(['token', 'status']).code).toBe(0)
  await vi.waitFor(
    () => expect(gateway.cli(['status']).stdout).toContain(join(dir, 'openclaw.json')),
    5000,
  )
})

test('S1 --generate-gateway-token makes one where none is, never shows it, and writes over none', () => {
  const dir = stateDir({ files: { 'openclaw.json': '{\n  // mine\n  gateway: { port: 0 },\n}\n' } })
  const token = () =>
    JSON.parse(
      runCli(dir, ['config', 'get', 'gateway.auth.token', '--reveal', '--json']).stdout,
    ) as string
  const flags = ['doctor', '--generate-gateway-token', '--non-interactive']
  const made = runCli(dir, flags)
  const first = token()
  expect(first).toMatch(/^[0-9a-f]{64}$/)
  expect(made.stdout + made.stderr).not.toContain(first)
  expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toContain('// mine')

  const again = runCli(dir, flags)
  expect(again.stdout).toMatch(/there is a token already, from .*openclaw\.json:\d+\..*--force/)
  expect(token()).toBe(first)
  expect(runCli(dir, [...flags, '--force'], { env: NO_PORT }).code).toBe(0)
  expect(token()).toMatch(/^[0-9a-f]{64}$/)
  expect(token()).not.toBe(first)

  const env = { OPENCLAW_GATEWAY_TOKEN: TOKEN }
  const outside = runCli(dir, [...flags, '--force'], { env })
  expect(outside.code).toBe(1)
  expect(outside.stderr).toContain('OPENCLAW_GATEWAY_TOKEN')
})

test.each([
  ['a password is configured', { gateway: { auth: { password: 'a long enough password' } } }],
  ['users come from a proxy', { gateway: { auth: { mode: 'trusted-proxy' } } }],
  ['nobody needs one', { gateway: { auth: { mode: 'none' } } }],
])('no token is made where %s', (_, config) => {
  const dir = stateDir({ config })
  const before = readFileSync(join(dir, 'openclaw.json'), 'utf8')
  const { code, stderr } = runCli(dir, ['doctor', '--generate-gateway-token'])
  expect(code).toBe(1)
  expect(stderr).toContain('gateway.auth.mode')
  expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toBe(before)
})

test('a token whose variable is missing here is a token', () => {
  const dir = stateDir({ config: { gateway: { auth: { mode: 'token', token: '${NOT_HERE}' } } } })
  const before = readFileSync(join(dir, 'openclaw.json'), 'utf8')
  const { stdout } = runCli(dir, ['doctor', '--generate-gateway-token'])
  expect(stdout).toContain('cannot be read from here')
  expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toBe(before)
  expect(doctor(dir).detailOf('config.unresolved')).toContain('NOT_HERE')
})

test('a config file that others can write: the start refuses it, --fix narrows it', () => {
  const dir = stateDir({ config: { gateway: { auth: { mode: 'token', token: TOKEN } } } })
  const file = join(dir, 'openclaw.json')
  chmodSync(file, 0o666)
  const { ids, code } = doctor(dir)
  expect(ids).toEqual(expect.arrayContaining(['config.does_not_load', 'security.findings']))
  expect(code).toBe(1)
  expect(doctor(dir, ['--fix']).code).toBe(0)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a gateway on another machine is asked whether it is there', async () => {
  const gateway = await startGateway({ dir: stateDir({ config: {} }) })
  onTestFinished(async () => void (await gateway.stop()))
  const remote = (port: number) =>
    stateDir({ config: { gateway: { mode: 'remote', remote: { url: `ws://127.0.0.1:${port}` } } } })
  const there = doctor(remote(gateway.port))
  expect(there.ids.filter((id) => !OF_THE_HOST.test(id))).toEqual([])
  expect(there.code).toBe(0)
  const nobody = doctor(remote(1))
  expect(nobody.detailOf('gateway.not_answering')).toMatch(/^ws:\/\/127\.0\.0\.1:1 .*ECONNREFUSED/)
  expect(nobody.code).toBe(1)
})

test('whoever sits on the lock of the configuration is named', async () => {
  const dir = stateDir({ config: {} })
  const lock = tryLock(join(dir, 'openclaw.json.lock'), 0)
  if (lock.kind !== 'held') throw new Error(lock.kind)
  onTestFinished(() => lock.release())
  expect(doctor(dir).detailOf('locks.held')).toBe(
    `pid ${process.pid} holds ${join(dir, 'openclaw.json.lock')}`,
  )
  lock.release()
  expect(doctor(dir).ids).not.toContain('locks.held')
})

test('R46 a secret in a unit of systemd is named, and not shown', () => {
  const unit = (lines: string) => ({
    '.config/systemd/user/claw.service': `[Service]\nExecStart=/usr/bin/openclaw gateway\n${lines}`,
  })
  const dir = stateDir({ files: unit(`Environment=OPENCLAW_GATEWAY_TOKEN=${TOKEN}\n`) })
  const { detailOf, stdout } = doctor(dir)
  expect(detailOf('service.secret_in_unit')).toMatch(/claw\.service sets OPENCLAW_GATEWAY_TOKEN$/)
  expect(stdout).not.toContain(TOKEN)
  expect(doctor(stateDir({ files: unit('') })).ids).not.toContain('service.secret_in_unit')
})

test('networks are asked for the time with --deep alone, and shown nothing', async () => {
  const asked: string[] = []
  const network = createHttpServer(({ method, url, headers }, response) => {
    asked.push(JSON.stringify({ method, url, headers }))
    response.sendDate = false
    response.setHeader('Date', new Date(Date.now() + 3_600_000).toUTCString())
    response.end()
  }).listen(0, '127.0.0.1')
  await once(network, 'listening')
  onTestFinished(() => void network.close())
  const { port } = network.address() as AddressInfo
  const token = '12345:bot-secret-of-telegram'
  const telegram = { token, apiBase: `http://127.0.0.1:${port}` }
  const dir = stateDir({ config: { channels: { telegram } } })
  const run = async (flags: readonly string[]) => {
    // The server answers in this process: it must not be waited for with its loop stopped.
    const command = startCli(dir, ['doctor', '--json', ...flags], { env: NO_PORT })
    await command.exited
    return JSON.parse(command.output()) as Report
  }
  const idsOf = (report: Report) => report.findings.map(({ checkId }) => checkId)
  expect(idsOf(await run([]))).not.toContain('clock.differs')
  expect(asked).toEqual([])
  expect(idsOf(await run(['--deep']))).toContain('clock.differs')
  expect(asked).toHaveLength(1)
  expect(asked.join()).not.toContain('bot-secret')
})

const asRoot = process.getuid?.() === 0 ? test : test.skip

asRoot('root leaves nothing behind that the owner cannot use (needs root)', () => {
  const dir = stateDir({ files: { 'gateway.yaml': 'gateway:\n  token: ${CLAW_TOKEN}\n' } })
  const nobody = 65_534
  const env = { CLAW_TOKEN: TOKEN }
  const store = new DatabaseSync(join(dir, 'store.sqlite'))
  store.exec('PRAGMA journal_mode = WAL; CREATE TABLE meta (name TEXT, value TEXT)')
  store.close()
  for (const path of [dir, ...readdirSync(dir).map((name) => join(dir, name))])
    chownSync(path, nobody, nobody)
  doctor(dir, [], env)
  const { repaired } = doctor(dir, ['--fix', '--yes'], env).report
  expect(repaired.filter(({ done }) => !done)).toEqual([])
  expect(repaired.length).toBeGreaterThan(1)
  const owners = readdirSync(dir).map((name) => [name, statSync(join(dir, name)).uid])
  expect(owners).toEqual(owners.map(([name]) => [name, nobody]))
  expect(owners.map(([name]) => name)).toContain('openclaw.json')
})
