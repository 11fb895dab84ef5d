import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Io } from '../types.ts'
import { runConfigExplain } from './config-explain.ts'
import { runConfigFile } from './config-file.ts'
import { runConfigGet } from './config-get.ts'
import { runConfigSchema } from './config-schema.ts'
import { runConfigSet } from './config-set.ts'
import { runConfigUnset } from './config-unset.ts'
import { runConfigValidate } from './config-validate.ts'

const TOKEN = 'c0ffee11'.repeat(8)

interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface Shell {
  readonly dir: string
  run(command: (io: Io) => Promise<number>): Promise<Answer>
  get(path?: string, how?: { readonly json?: boolean; readonly reveal?: boolean }): Promise<Answer>
  set(path: string, value: string): Promise<Answer>
  text(): string
}

function shell(
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Shell {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-cli-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(dir, name), text, { mode: 0o600 })
  const run = async (command: (io: Io) => Promise<number>): Promise<Answer> => {
    const out = { stdout: '', stderr: '' }
    const io: Io = {
      stdout: (text) => void (out.stdout += text),
      stderr: (text) => void (out.stderr += text),
      env: { OPENCLAW_STATE_DIR: dir, HOME: dir, ...env },
      isTty: false,
    }
    return { code: await command(io), ...out }
  }
  return {
    dir,
    run,
    get: (path, { json = false, reveal = false } = {}) =>
      run((io) => runConfigGet({ path, json, reveal }, io)),
    set: (path, value) => run((io) => runConfigSet({ path, value }, io)),
    text: () => readFileSync(join(dir, 'openclaw.json'), 'utf8'),
  }
}

describe('config get', () => {
  it('S0, S1: answers on a fresh install, and makes nothing', async () => {
    const fresh = shell()
    expect((await fresh.get('gateway.bind')).stdout).toBe('loopback\n')
    expect((await fresh.get('gateway.port')).stdout).toBe('18789\n')
    expect((await fresh.get('gateway.auth.mode')).stdout).toBe('token\n')
    expect(JSON.parse((await fresh.get('gateway.auth.rateLimit')).stdout)).toEqual({
      maxAttempts: 10,
      windowMs: 60_000,
      lockoutMs: 300_000,
      exemptLoopback: true,
    })
    expect(readdirSync(fresh.dir)).toEqual([])
  })

  it('R59: prints a fingerprint in place of a secret, and the secret only when asked', async () => {
    const one = shell({
      'openclaw.json': `{gateway:{auth:{token:"${TOKEN}",password:"hunter2-hunter2",mode:"token"}}}`,
    })
    expect((await one.get('gateway.auth.token')).stdout).toMatch(
      /^\[redacted sha256:[0-9a-f]{8}\]\n$/,
    )
    expect((await one.get('gateway.auth.password')).stdout).toMatch(
      /^\[redacted hmac:[0-9a-f]{8}\]\n$/,
    )
    expect((await one.get('gateway.auth.password')).stdout).toBe(
      (await one.get('gateway.auth.password')).stdout,
    )
    expect((await one.get('gateway.auth.token', { reveal: true })).stdout).toBe(`${TOKEN}\n`)
    expect((await one.get('gateway.auth.token', { reveal: true, json: true })).stdout).toBe(
      `"${TOKEN}"\n`,
    )
    for (const all of [await one.get(), await one.get('gateway', { json: true })]) {
      expect(all.stdout).not.toContain(TOKEN)
      expect(all.stdout).not.toContain('hunter2')
      expect(all.stdout).toContain('[redacted sha256:')
    }
  })

  it('shows long secrets where the key for short ones cannot be made', async () => {
    const one = shell({
      'openclaw.json': `{gateway:{auth:{token:"${TOKEN}",password:"short",mode:"token"}}}`,
    })
    mkdirSync(join(one.dir, 'fingerprint.key'))
    expect((await one.get('gateway.auth.token')).stdout).toMatch(/sha256/)
    expect((await one.get('gateway.auth.password')).stdout).toBe('[redacted]\n')
  })

  it('says so when a key is not set, and why', async () => {
    const one = shell({ 'openclaw.json': '{gateway:{auth:{token:"${CONF_X}"}}}' })
    expect(await one.get('gateway.auth.token')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'gateway.auth.token is not set: environment variable CONF_X is unset\n',
    })
    expect((await one.get('gateway.auth.password', { json: true })).stdout).toBe('null\n')
    expect((await one.get('gateway.port')).stdout).toBe('18789\n')
  })

  it('suggests what was meant', async () => {
    expect(await shell().get('gateway.auth.tokn')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Did you mean gateway.auth.token?'),
    })
    expect(await shell().get('gateway..x')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is no key'),
    })
    expect(await shell().get('plugins.entries.x.config.any')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not set'),
    })
  })

  it('says where a broken file is broken', async () => {
    expect(await shell({ 'openclaw.json': '{\n broken' }).get('gateway.port')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/openclaw\.json:2/),
    })
  })
})

describe('config set', () => {
  it('takes text as it stands where text is expected', async () => {
    const one = shell()
    for (const value of [
      '1e5',
      '0x10',
      'null',
      '12345678901234567890123456789012',
      '"quoted"',
      TOKEN,
    ]) {
      expect((await one.set('gateway.auth.token', value)).code).toBe(0)
      expect((await one.get('gateway.auth.token', { reveal: true })).stdout).toBe(
        `${value.replaceAll('"', '')}\n`,
      )
    }
  })

  it('takes JSON5 elsewhere', async () => {
    const one = shell()
    await one.set('gateway.trustedProxies', "['127.0.0.1', '::1',]")
    await one.set('gateway.auth.trustedProxy.allowLoopback', 'true')
    await one.set('gateway.auth.token', '{source: "env", id: "X"}')
    expect((await one.get('gateway.trustedProxies', { json: true })).stdout).toBe(
      '["127.0.0.1","::1"]\n',
    )
    expect((await one.get('gateway.auth.trustedProxy.allowLoopback')).stdout).toBe('true\n')
    expect(one.text()).toContain('"source": "env"')
  })

  it('prints no secret', async () => {
    const answer = await shell().set('gateway.auth.token', TOKEN)
    expect(answer.stdout + answer.stderr).not.toContain(TOKEN)
  })

  it.each([
    ['gateway.port', 'seventy'],
    ['gateway.bind', 'everywhere'],
    ['gateway.nope', '1'],
    ['gateway.auth.token', '[redacted sha256:12345678]'],
    ['__proto__.polluted', '1'],
    ['gateway.auth.rateLimit.maxAttempts', '0'],
    ['plugins.entries.x', '{path: "p", config: {__proto__: {a: 1}}}'],
  ])('refuses %s %s and leaves the file alone', async (path, value) => {
    const one = shell({ 'openclaw.json': '{gateway: {port: 1}}' })
    const answer = await one.set(path, value)
    expect(answer.code).toBe(1)
    expect(answer.stderr).not.toBe('')
    expect(one.text()).toBe('{gateway: {port: 1}}')
  })

  it('R46: says that the environment wins over what was just set', async () => {
    const one = shell({}, { OPENCLAW_GATEWAY_TOKEN: 'deadbeef'.repeat(8) })
    expect((await one.set('gateway.auth.token', TOKEN)).stderr).toContain(
      'environment variable OPENCLAW_GATEWAY_TOKEN wins',
    )
  })

  it('S3: a flat key means the key it stands for', async () => {
    const one = shell()
    expect((await one.set('gateway.token', TOKEN)).code).toBe(0)
    expect((await one.get('gateway.auth.token', { reveal: true })).stdout).toBe(`${TOKEN}\n`)
  })
})

describe('config unset', () => {
  it('removes a key, an unknown one, too', async () => {
    const one = shell({ 'openclaw.json': '{gateway: {port: 1, nope: 2}}' })
    for (const path of ['gateway.nope', 'gateway.port'])
      expect((await one.run((io) => runConfigUnset({ path }, io))).code).toBe(0)
    expect((await one.get('gateway.port')).stdout).toBe('18789\n')
    expect((await one.run((io) => runConfigUnset({ path: 'a..b' }, io))).code).toBe(1)
  })
})

describe('config validate', () => {
  it.each([
    ['nothing', {}, 0, 'There is no configuration file'],
    [
      'a file that starts',
      { 'openclaw.json': `{gateway:{auth:{token:"${TOKEN}"}}}` },
      0,
      'is valid',
    ],
    [
      'a file that would not start',
      { 'openclaw.json': '{gateway:{bind:"lan"}}' },
      1,
      'no token is configured',
    ],
    [
      'a missing variable',
      { 'openclaw.json': '{gateway:{auth:{token:"${CONF_X}"}}}' },
      1,
      'CONF_X',
    ],
    [
      'a weak token',
      { 'openclaw.json': '{gateway:{auth:{token:"short"}}}' },
      0,
      'warning: gateway.auth.token: this token has 5 characters',
    ],
  ])('judges %s', async (_, files, code, words) => {
    const one = shell(files)
    const answer = await one.run((io) => runConfigValidate({ json: false }, io))
    expect(answer.code).toBe(code)
    expect(answer.stdout + answer.stderr).toContain(words)
    const json = await one.run((io) => runConfigValidate({ json: true }, io))
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: code === 0 })
  })
})

describe('config explain', () => {
  it('R46: names every source of a token, who won and who lost, and no secret', async () => {
    const one = shell(
      {
        '.env': 'OPENCLAW_GATEWAY_TOKEN=from-dotenv-file\n',
        'openclaw.json': `{\n gateway:{auth:{token:"${TOKEN}"}}}`,
      },
      { OPENCLAW_GATEWAY_TOKEN: 'deadbeef'.repeat(8) },
    )
    const { stdout, code } = await one.run((io) =>
      runConfigExplain({ path: 'gateway.auth.token', json: false }, io),
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/won {3}environment variable OPENCLAW_GATEWAY_TOKEN: \[redacted sha256:/)
    expect(stdout).toMatch(/lost {2}\S*\.env:1 OPENCLAW_GATEWAY_TOKEN: \[redacted hmac:/)
    expect(stdout).toMatch(/lost {2}\S*openclaw\.json:2: \[redacted sha256:/)
    for (const secret of [TOKEN, 'deadbeef', 'from-dotenv']) expect(stdout).not.toContain(secret)
  })

  it('shows the default, and what is accepted', async () => {
    const { stdout } = await shell().run((io) =>
      runConfigExplain({ path: 'gateway.bind', json: false }, io),
    )
    expect(stdout).toContain('won   default: loopback')
    expect(stdout).toContain('one of loopback, lan, tailnet, custom')
  })

  it('hides secrets inside a group, and speaks JSON', async () => {
    const one = shell({ 'openclaw.json': `{gateway:{auth:{token:"${TOKEN}"}}}` })
    const { stdout } = await one.run((io) =>
      runConfigExplain({ path: 'gateway.auth', json: true }, io),
    )
    expect(stdout).not.toContain(TOKEN)
    expect(JSON.parse(stdout)).toMatchObject({
      key: 'gateway.auth',
      sources: [{ won: true }, { won: false }],
    })
  })

  it('refuses what does not exist', async () => {
    expect(
      (await shell().run((io) => runConfigExplain({ path: 'gateway.nope', json: false }, io))).code,
    ).toBe(1)
    expect(
      (
        await shell({ 'openclaw.json': '{' }).run((io) =>
          runConfigExplain({ path: 'gateway.port', json: false }, io),
        )
      ).code,
    ).toBe(1)
  })
})

describe('config file and config schema', () => {
  it('name the file, there or not', async () => {
    const one = shell({ 'gateway.yaml': '' })
    expect((await one.run((io) => runConfigFile({ json: false }, io))).stdout).toBe(
      `${join(one.dir, 'gateway.yaml')}\n`,
    )
    const none = await shell().run((io) => runConfigFile({ json: true }, io))
    expect(JSON.parse(none.stdout)).toMatchObject({ exists: false })
    const two = await shell({ 'gateway.yaml': '', 'openclaw.json': '{}' }).run((io) =>
      runConfigFile({ json: false }, io),
    )
    expect(two).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('two configuration files'),
    })
  })

  it('print the schema', async () => {
    expect(JSON.parse((await shell().run((io) => runConfigSchema({}, io))).stdout)).toMatchObject({
      type: 'object',
      additionalProperties: false,
    })
  })
})

describe('the commands printed in the seeds', () => {
  const SEEDS: readonly (readonly [string, string])[] = [
    ['gateway.auth.mode', 'token'],
    ['gateway.auth.token', 'your-secure-token-here'],
    ['gateway.auth.mode', 'password'],
    ['gateway.auth.password', 'your-secure-password'],
    ['gateway.trustedProxies', '["127.0.0.1", "::1"]'],
    ['gateway.auth.mode', 'none'],
    ['session.dmScope', 'per-channel-peer'],
    ['session.dmScope', 'per-account-channel-peer'],
    ['gateway.bind', 'loopback'],
    ['gateway.bind', 'lan'],
    ['gateway.auth.token', TOKEN],
    ['gateway.bind', 'tailnet'],
    ['gateway.tailscale.mode', 'serve'],
    ['gateway.auth.allowTailscale', 'true'],
    ['channels.discord.dmPolicy', 'pairing'],
    ['channels.telegram.dmPolicy', 'pairing'],
  ]

  it('S1: work one after another, on a fresh install', async () => {
    const one = shell()
    for (const [path, value] of SEEDS) expect(await one.set(path, value)).toMatchObject({ code: 0 })
    expect(statSync(join(one.dir, 'openclaw.json')).mode & 0o777).toBe(0o600)
    expect(existsSync(join(one.dir, 'openclaw.json.bak'))).toBe(true)
  })

  it.each(SEEDS)('S1: config set %s %s works on its own', async (path, value) => {
    expect((await shell().set(path, value)).code).toBe(0)
  })
})
