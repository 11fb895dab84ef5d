import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runConfigFile } from './config-file.ts'
import { runConfigSchema } from './config-schema.ts'
import { shell } from './config-shell.fixture.ts'
import { runConfigValidate } from './config-validate.ts'

const TOKEN = 'c0ffee11'.repeat(8)

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

describe('what a terminal would obey', () => {
  // What an administrator elsewhere, or a file from elsewhere, put there.
  const key = 'session.identityLinks.a\u009b2J\u202e'
  const values = { gateway: { bind: '\u009b2J' }, session: { dmScope: '\u202e' } }

  it('of a key or value reaches none by get, set, unset and validate, and is the same to a parser', async () => {
    const one = shell()
    const said = [
      await one.set(key, '["telegram:1"]'),
      await one.set(key, '["telegram:2"]', true),
      await one.get('session.identityLinks'),
      await one.get('session.identityLinks', { json: true }),
      await one.set(`${key}\u0007.x`, '1'),
      await one.unset(key),
      await one.get('nothing\u001b[2J'),
    ]
    const wrong = shell({ 'openclaw.json': JSON.stringify(values) })
    said.push(await wrong.run((io) => runConfigValidate({ json: false }, io)))
    said.push(await wrong.get('gateway.bind'))
    const all = said.map(({ stdout, stderr }) => stdout + stderr).join('')
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    expect(all.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
    expect(JSON.parse(said[3]?.stdout ?? '')).toEqual({ 'a\u009b2J\u202e': ['telegram:2'] })
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

describe('config set', () => {
  it('--json says what was done', async () => {
    const one = shell()
    const file = join(one.dir, 'openclaw.json')
    const first = await one.set('gateway.port', '8080', true)
    expect(JSON.parse(first.stdout)).toEqual({
      path: 'gateway.port',
      file,
      changed: true,
      startable: true,
      problems: [],
      warnings: [],
      waiting: ['gateway.port'],
    })
    expect(JSON.parse((await one.set('gateway.port', '8080', true)).stdout)).toMatchObject({
      changed: false,
    })
    const gone = await one.unset('gateway.port', true)
    expect(JSON.parse(gone.stdout)).toMatchObject({ path: 'gateway.port', changed: true })
  })

  it('says that a running gateway keeps what it has when the new one could not start', async () => {
    const one = shell()
    const { code, stderr } = await one.set('gateway.auth.mode', 'password')
    expect(code).toBe(0)
    expect(stderr).toContain('written, but the gateway does not start with it; one that runs keeps')
    const json = await one.set('gateway.bind', 'lan', true)
    expect(JSON.parse(json.stdout)).toMatchObject({ changed: true, startable: false })
    expect((await shell().set('gateway.port', '8080')).stderr).toBe('')
  })

  it('calls what stops a start a problem, and names the command that ends it', async () => {
    const one = shell({ 'openclaw.json': '{}' })
    const { code, stderr } = await one.set('gateway.bind', 'lan')
    expect(code).toBe(0)
    expect(stderr).toContain('problem: gateway.auth.token: no token is configured')
    expect(stderr).toContain(
      'next: openclaw config set gateway.auth.token "$(openssl rand -hex 32)"\n',
    )
    expect(stderr).not.toMatch(/warning: gateway\.auth/)
    const mended = await one.set('gateway.auth.token', 'c0ffee11'.repeat(8))
    expect(mended.stderr).not.toMatch(/problem|next|gateway\.auth/)
  })

  it('names a restart for what only a restart applies', async () => {
    const one = shell({ 'openclaw.json': '{}' })
    const applies = '`openclaw gateway restart` applies it'
    expect((await one.set('gateway.port', '8080')).stdout).toContain(applies)
    expect((await one.set('gateway.port', '8080')).stdout).not.toContain(applies)
    const live = await one.set('security.session.maxConcurrent', '7')
    expect(live.stdout).not.toContain(applies)
    expect((await one.set('gateway.mode', 'remote')).stdout).not.toContain(applies)
  })

  it('shows how a list is typed in a shell', async () => {
    const key = 'gateway.controlUi.allowedOrigins'
    const { code, stderr } = await shell().set(key, 'https://control.example.com')
    expect(code).toBe(1)
    expect(stderr).toContain(`openclaw config set ${key} '["https://control.example.com"]'`)
    expect((await shell().set(key, `it's`)).stderr).toContain(`'["…"]'`)
    expect((await shell().set(key, '["nope"]')).stderr).not.toContain('In a shell')
    expect((await shell().set('gateway.port', 'x')).stderr).not.toContain('In a shell')
  })
})

describe('config unset', () => {
  it('removes a key, an unknown one, too', async () => {
    const one = shell({ 'openclaw.json': '{gateway: {port: 1, nope: 2}}' })
    for (const path of ['gateway.nope', 'gateway.port'])
      expect((await one.unset(path)).code).toBe(0)
    expect((await one.get('gateway.port')).stdout).toBe('18789\n')
    expect((await one.unset('a..b')).code).toBe(1)
    const mistyped = await one.unset('gateway.prot')
    expect([mistyped.code, mistyped.stderr]).toEqual([
      1,
      'gateway.prot: there is no such key. Did you mean gateway.port?\n',
    ])
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

describe('config validate --config', () => {
  it('does not call a file valid that is not there', async () => {
    const one = shell()
    const config = join(one.dir, 'typo.json')
    const answer = await one.run((io) => runConfigValidate({ json: false, config }, io))
    expect([answer.code, answer.stderr]).toEqual([
      1,
      `${config}: does not exist. Check the path, or leave --config out\n`,
    ])
    const json = await one.run((io) => runConfigValidate({ json: true, config }, io))
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: false })
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

describe('the commands that guides print', () => {
  const PRINTED: readonly (readonly [string, string])[] = [
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
    for (const [path, value] of PRINTED)
      expect(await one.set(path, value)).toMatchObject({ code: 0 })
    expect(statSync(join(one.dir, 'openclaw.json')).mode & 0o777).toBe(0o600)
    expect(existsSync(join(one.dir, 'openclaw.json.bak'))).toBe(true)
  })

  it.each(PRINTED)('S1: config set %s %s works on its own', async (path, value) => {
    expect((await shell().set(path, value)).code).toBe(0)
  })
})
