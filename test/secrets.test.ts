/** Secrets at rest, in the built gateway and with the real `age`: what is encrypted counts, what cannot be opened stops a start and never a gateway that runs. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  bearer,
  makeStateDir,
  REMOTE,
  runCli,
  startGateway,
  type RunningGateway,
} from './gateway.ts'

const BIN = join(import.meta.dirname, '../dist/index.js')
const AGE = spawnSync('age', ['--version']).status === 0
const [OLD, NEW] = ['01d0'.repeat(16), '2e70'.repeat(16)]
/** Of a pair that nobody has any more. */
const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH3k3TyR+vFkBWQK3M5vuBDhYkJ/Ck2DBWgG9Qeip1VL'
const SOON = { timeout: 10_000, interval: 50 }

/** A state dir with an identity, and this token encrypted. Its home is the same folder. */
function withToken(token: string): string {
  const dir = makeStateDir({})
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  expect(runCli(dir, ['secrets', 'init'])).toMatchObject({ code: 0 })
  set(dir, 'OPENCLAW_GATEWAY_TOKEN', token)
  return dir
}

function set(dir: string, name: string, input: string): void {
  expect(runCli(dir, ['secrets', 'set', name], { input })).toMatchObject({ code: 0 })
}

async function started(dir: string): Promise<RunningGateway> {
  const gateway = await startGateway({ dir })
  onTestFinished(async () => void (await gateway.stop()))
  return gateway
}

async function statusWith(gateway: RunningGateway, token: string): Promise<number> {
  return (await gateway.ask({ headers: { ...REMOTE, ...bearer(token) } })).status
}

const identityIn = (dir: string): string => join(dir, '.config/openclaw/identity.txt')
const sealedIn = (dir: string): string => join(dir, '.secrets.age')

describe('a gateway', () => {
  test('takes its token from the encrypted file, and a new one from there at once', async () => {
    const dir = withToken(OLD)
    const gateway = await started(dir)
    expect(await statusWith(gateway, OLD)).toBe(200)
    expect(existsSync(join(dir, 'openclaw.json'))).toBe(false)
    set(dir, 'OPENCLAW_GATEWAY_TOKEN', NEW)
    await vi.waitFor(async () => expect(await statusWith(gateway, OLD)).toBe(401), SOON)
    expect(await statusWith(gateway, NEW)).toBe(200)
    expect(runCli(dir, ['config', 'explain', 'gateway.auth.token']).stdout).toMatch(
      /won .*\.secrets\.age OPENCLAW_GATEWAY_TOKEN: \[redacted sha256:/,
    )
  })

  test('that runs keeps what it has when the file can no longer be opened; a start is refused', async () => {
    const dir = withToken(OLD)
    const gateway = await started(dir)
    const good = readFileSync(sealedIn(dir))
    writeFileSync(sealedIn(dir), good.subarray(0, -1))
    await vi.waitFor(() => {
      const log = readFileSync(join(dir, 'logs/gateway.log'), 'utf8')
      expect(log).toMatch(
        /the old one stays: .*\.secrets\.age: cannot be opened with .*it is damaged/,
      )
    }, SOON)
    expect(await statusWith(gateway, OLD)).toBe(200)
    await gateway.stop()
    expect(runCli(dir, ['status']).stderr).toMatch(/\.secrets\.age: cannot be opened with/)
    expect(runCli(dir, ['config', 'explain', 'gateway.auth.token']).stdout).toContain(
      'cannot be opened with',
    )
    const refused = runCli(dir, ['gateway', '--port', '0'])
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/\.secrets\.age: cannot be opened with .*put a copy of/)
    expect(refused.stderr).not.toContain(' at ')
  })

  test('takes over the right identity while it runs', async () => {
    const dir = withToken(OLD)
    const identity = readFileSync(identityIn(dir))
    const gateway = await started(dir)
    rmSync(identityIn(dir))
    const elsewhere = join(dir, 'elsewhere.txt')
    writeFileSync(elsewhere, identity, { mode: 0o600 })
    expect(runCli(dir, ['config', 'set', 'secrets.identity', elsewhere])).toMatchObject({ code: 0 })
    set(dir, 'OPENCLAW_GATEWAY_TOKEN', NEW)
    await vi.waitFor(async () => expect(await statusWith(gateway, OLD)).toBe(401), SOON)
    expect(await statusWith(gateway, NEW)).toBe(200)
  })

  test('writes no value of the secret files into any log or record', async () => {
    const dir = withToken(OLD)
    const value = `unlisted-${'v4lue'.repeat(8)}`
    set(dir, 'SOMETHING_ELSE', value)
    const gateway = await started(dir)
    for (const path of [`/api/v1/${value}`, `/${value}`])
      await gateway.ask({ path, headers: { ...REMOTE, ...bearer(value), 'user-agent': value } })
    await gateway.stop()
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(dir, name)).isFile(),
    )
    const holding = files.filter((name) => readFileSync(join(dir, name), 'latin1').includes(value))
    expect(holding).toEqual([])
    expect(gateway.output()).not.toContain(value)
    expect(files).toContain('logs/gateway.log')
  })

  test('gives its credentials folder back to its owner after S1’s chmod -R 600', async () => {
    const dir = withToken(OLD)
    const input = `sk-ant-${'k3y'.repeat(12)}\n`
    expect(runCli(dir, ['login', 'anthropic'], { input }).stdout).toContain(
      'it is models.providers.anthropic.apiKey',
    )
    chmodSync(join(dir, 'credentials'), 0o600)
    const gateway = await started(dir)
    expect(statSync(join(dir, 'credentials')).mode & 0o777).toBe(0o700)
    expect(gateway.output()).toContain('its owner cannot open what is in it: now 0700')
    expect(gateway.output()).not.toContain(input.trim())
  })
})

describe(AGE ? 'age' : 'skipped: needs age', () => {
  const age = (dir: string, line: string) =>
    spawnSync('bash', ['-ec', line], {
      cwd: dir,
      encoding: 'utf8',
      env: { ...process.env, HOME: dir },
    })

  test.skipIf(!AGE)('opens what we encrypt, and we open what it encrypts, with armor too', () => {
    const dir = withToken(OLD)
    const opened = age(dir, 'age -d -i .config/openclaw/identity.txt .secrets.age')
    expect(opened.stdout).toBe(`OPENCLAW_GATEWAY_TOKEN=${OLD}\n`)
    for (const options of ['', '-a']) {
      const line = `age-keygen -y .config/openclaw/identity.txt > recipients.txt
        echo 'OPENAI_API_KEY=by-age${options}' > plain.txt
        age ${options} -o .secrets.age -R recipients.txt plain.txt`
      expect(age(dir, line)).toMatchObject({ status: 0 })
      expect(runCli(dir, ['secrets', 'get', 'OPENAI_API_KEY', '--reveal']).stdout).toBe(
        `by-age${options}\n`,
      )
    }
  })

  test.skipIf(!AGE)('makes an identity that we use, with several readers', () => {
    const dir = makeStateDir({})
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const line = `mkdir -p .config/openclaw; age-keygen -o .config/openclaw/identity.txt; age-keygen -o safe.txt
      (age-keygen -y .config/openclaw/identity.txt; age-keygen -y safe.txt) > recipients.txt
      echo 'A=1' > .secrets; age -o .secrets.age -R recipients.txt .secrets; rm .secrets`
    expect(age(dir, line)).toMatchObject({ status: 0 })
    const refused = runCli(dir, ['secrets', 'set', 'B'], { input: '2' })
    expect(refused.stderr).toMatch(/can be opened by 2, and would be by 1/)
    const safe = age(dir, 'age-keygen -y safe.txt').stdout.trim()
    runCli(dir, ['config', 'set', 'secrets.recipients', JSON.stringify([safe])])
    set(dir, 'B', '2')
    expect(age(dir, 'age -d -i safe.txt .secrets.age').stdout).toBe('A=1\nB=2\n')
  })

  test.skipIf(!AGE)('encrypts to keys of SSH, too, and we say that this is not ours', () => {
    const dir = withToken(OLD)
    const line = `echo A=1 | age -r '${SSH_KEY}' -o .secrets.age`
    expect(age(dir, line)).toMatchObject({ status: 0 })
    const { code, stderr } = runCli(dir, ['secrets', 'list'])
    expect(code).toBe(1)
    expect(stderr).toContain('it was encrypted to other identities')
  })
})

test('at a terminal the value is asked for, and not shown', async () => {
  const dir = withToken(OLD)
  const line = `'${process.execPath}' '${BIN}' secrets set TYPED`
  const env = { ...process.env, HOME: dir, OPENCLAW_STATE_DIR: dir }
  const child = spawn('script', ['-qec', line, '/dev/null'], { env })
  const said = { text: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    const asked = said.text.includes('not shown')
    said.text += chunk.toString()
    if (!asked && said.text.includes('not shown')) child.stdin.write('hunter2-typed\r')
  })
  const [code] = await once(child, 'close')
  expect(said.text).toContain('TYPED is encrypted in')
  expect(said.text).not.toContain('hunter2')
  expect(code).toBe(0)
  expect(runCli(dir, ['secrets', 'get', 'TYPED', '--reveal']).stdout).toBe('hunter2-typed\n')
})

describe('commands', () => {
  test('say no in one line, and as JSON', () => {
    const dir = withToken(OLD)
    for (const args of [
      ['secrets', 'init'],
      ['secrets', 'get', 'NOWHERE'],
      ['secrets', 'set', 'A-B'],
      ['secrets', 'unset', 'NOWHERE'],
      ['secrets', 'encrypt'],
      ['login', 'anthropic'],
    ]) {
      const said = runCli(dir, [...args, '--json'], { input: 'x' })
      expect(said.code).toBe(1)
      expect(said.stderr.trimEnd().split('\n')).toHaveLength(1)
      expect(JSON.parse(said.stdout)).toMatchObject({ error: { code: 'refused' } })
    }
    expect(runCli(dir, ['secrets', 'set', 'A', 'value']).code).toBe(2)
    expect(runCli(dir, ['login', 'nobody']).code).toBe(2)
  })

  test('show no value unless they are asked to', () => {
    const dir = withToken(OLD)
    writeFileSync(join(dir, '.secrets'), 'PLAIN=plain-value\n', { mode: 0o600 })
    const said = [
      ['secrets', 'list'],
      ['secrets', 'list', '--json'],
      ['secrets', 'get', 'OPENCLAW_GATEWAY_TOKEN'],
      ['secrets', 'get', 'PLAIN'],
      ['secrets', 'encrypt'],
    ].map((args) => runCli(dir, args))
    const text = said.map(({ stdout, stderr }) => stdout + stderr).join('')
    expect(text).not.toContain('plain-value')
    expect(text).not.toContain(OLD)
    expect(text).toMatch(/\.secrets is not encrypted: `openclaw secrets encrypt`/)
    expect(runCli(dir, ['secrets', 'decrypt', '--json']).stdout).toContain('"PLAIN": "plain-value"')
  })
})
