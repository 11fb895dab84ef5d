/** `openclaw configure` on a real terminal and without one: shows what it would change, writes it once, or not at all. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeStateDir, runCli, startGateway, TOKEN } from './gateway.ts'
import { isInstalled } from './proxy-server.fixture.ts'
import { onTerminal } from './terminal.fixture.ts'

const OLD = '{\n  // mine\n  "gateway": { "port": 18789 },\n}\n'
const TERMINAL = isInstalled('script')
const test_ = TERMINAL ? test : test.skip

function stateDir(text: string | null = OLD): string {
  const dir = makeStateDir({ files: text === null ? {} : { 'openclaw.json': text } })
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const written = (dir: string) => readFileSync(join(dir, 'openclaw.json'), 'utf8')
const setting = (dir: string, key: string) =>
  JSON.parse(runCli(dir, ['config', 'get', key, '--reveal', '--json']).stdout) as unknown

describe(TERMINAL ? 'on a terminal' : 'skipped: needs script (util-linux)', () => {
  test_(
    'Enter keeps, an answer changes, and nothing is written before the whole was shown',
    async () => {
      const dir = stateDir()
      const typed = onTerminal(dir, ['configure', '--section', 'gateway'])
      await typed.answer(/gateway\.port \(.*Enter keeps 18789\): /, '18790\r')
      await typed.answer(/gateway\.bind \(.*Enter keeps loopback\): /, '\r')
      await typed.answer(/gateway\.trustedProxies \(.*\): /, '127.0.0.1, 10.0.0.0/8\r')
      await typed.answer(/gateway\.tailscale\.mode \(.*\): /, '\r')
      await typed.says(/- gateway\.port: 18789\s+\+ gateway\.port: 18790/)
      await typed.says(/\+ gateway\.trustedProxies: \["127\.0\.0\.1","10\.0\.0\.0\/8"\]/)
      expect(written(dir)).toBe(OLD)
      await typed.answer(/Write this to .*openclaw\.json\? \[Y\/n\] /, '\r')
      expect(await typed.exited).toBe(0)
      expect(setting(dir, 'gateway.port')).toBe(18_790)
      expect(setting(dir, 'gateway.trustedProxies')).toEqual(['127.0.0.1', '10.0.0.0/8'])
      expect(written(dir)).toContain('// mine')
      expect(readFileSync(join(dir, 'openclaw.json.bak'), 'utf8')).toBe(OLD)
    },
  )

  test_('a wrong answer is said to be wrong at once, and asked again', async () => {
    const dir = stateDir()
    const typed = onTerminal(dir, ['configure', '--section', 'gateway'])
    await typed.answer(/gateway\.port \(.*\): /, 'seventy\r')
    await typed.says(/gateway\.port: "seventy" is not accepted/)
    await typed.answer(/gateway\.port \(.*\): /, '18791\r')
    await typed.answer(/gateway\.bind \(.*\): /, 'custom\r')
    await typed.answer(/gateway\.customBindHost \(.*\): /, '192.168.1.5\r')
    await typed.answer(/gateway\.trustedProxies \(.*\): /, '\r')
    await typed.answer(/gateway\.tailscale\.mode \(.*\): /, '\r')
    await typed.answer(/problem: .*no token is configured[^]*Write this/, 'n\r')
    expect(await typed.exited).toBe(1)
    expect(written(dir)).toBe(OLD)
  })

  test_('a secret is neither echoed nor shown, and Enter makes a token where none is', async () => {
    const dir = stateDir()
    const typed = onTerminal(dir, ['configure', '--section', 'auth', '--section', 'channels'])
    await typed.answer(/gateway\.auth\.mode \(.*\): /, 'token\r')
    await typed.answer(/gateway\.auth\.token \(Enter makes one\): /, '\r')
    await typed.answer(/gateway\.auth\.tailscale \(.*\): /, '\r')
    await typed.answer(/security\.apiKeys\.enabled \(.*\): /, 'y\r')
    await typed.answer(
      /channels\.telegram\.token \(Enter: none\): /,
      '12345:bot-secret-of-telegram\r',
    )
    await typed.answer(/channels\.telegram\.dmPolicy \(.*Enter keeps pairing\): /, 'locked\r')
    await typed.answer(/channels\.telegram\.allowFrom \(.*\): /, '123456789\r')
    await typed.answer(/channels\.discord\.token \(Enter: none\): /, '\r')
    await typed.answer(/channels\.whatsapp\.token \(Enter: none\): /, '\r')
    await typed.says(/\+ gateway\.auth\.token: \[redacted sha256:[0-9a-f]{8}\]/)
    await typed.says(/\+ channels\.telegram\.token: \[redacted hmac:[0-9a-f]{8}\]/)
    await typed.answer(/Write this/, 'y\r')
    expect(await typed.exited).toBe(0)
    const token = setting(dir, 'gateway.auth.token')
    expect(token).toMatch(/^[0-9a-f]{64}$/)
    expect(setting(dir, 'channels.telegram')).toMatchObject({
      token: '12345:bot-secret-of-telegram',
      dmPolicy: 'locked',
      allowFrom: ['123456789'],
    })
    for (const secret of [String(token), 'bot-secret']) expect(typed.output()).not.toContain(secret)
  })

  test_.each([
    ['at a question', /gateway\.port \(.*\): /, []],
    ['at a secret', /gateway\.auth\.token \(.*\): /, ['18790\r', '\r', '\r', '\r', '\r']],
    ['at the end', /Write this/, ['18790\r', '\r', '\r', '\r']],
  ] as const)('Ctrl-C %s leaves everything as it was', async (where, words, answers) => {
    const dir = stateDir()
    const sections = where === 'at a secret' ? ['--section', 'auth'] : []
    const typed = onTerminal(dir, ['configure', '--section', 'gateway', ...sections])
    for (const keys of answers) await typed.answer(/gateway[\w.]+ \(.*\): /, keys)
    await typed.answer(words, '\u0003')
    expect(await typed.exited).toBe(1)
    expect(typed.output()).toContain('interrupted: nothing was changed')
    expect(written(dir)).toBe(OLD)
    expect(existsSync(join(dir, 'openclaw.json.bak'))).toBe(false)
  })

  test_('what is typed ahead of its question counts', async () => {
    const dir = stateDir()
    const typed = onTerminal(dir, ['configure', '--section', 'sessions'])
    await typed.answer(/Nothing is written/, 'per-channel-peer\ry\r')
    expect(await typed.exited).toBe(0)
    expect(setting(dir, 'session.dmScope')).toBe('per-channel-peer')
  })

  test_('Ctrl-D ahead of its question leaves everything as it was', async () => {
    const dir = stateDir()
    const typed = onTerminal(dir, ['configure', '--section', 'sessions'])
    await typed.answer(/Nothing is written/, 'per-channel-peer\r\u0004')
    expect(await typed.exited).toBe(1)
    expect(typed.output()).toContain('interrupted: nothing was changed')
    expect(written(dir)).toBe(OLD)
  })

  test_('all answered with Enter makes a first token, and nothing else', async () => {
    const dir = stateDir('{}')
    const typed = onTerminal(dir, ['configure'])
    // As many as there may be questions.
    await typed.answer(/Nothing is written/, '\r'.repeat(40))
    expect(await typed.exited).toBe(0)
    expect(Object.keys(JSON.parse(written(dir)) as object)).toEqual(['gateway'])
    expect(JSON.parse(written(dir))).toEqual({
      gateway: { auth: { token: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    })
  })

  test_('doctor --fix asks before it moves a file, and takes no for an answer', async () => {
    const dir = stateDir(null)
    const yaml = 'gateway:\n  port: 18999\n'
    const other = makeStateDir({ files: { 'gateway.yaml': yaml } })
    onTestFinished(() => rmSync(other, { recursive: true, force: true }))
    expect(existsSync(join(dir, 'openclaw.json'))).toBe(false)
    const no = onTerminal(other, ['doctor', '--fix'], { OPENCLAW_GATEWAY_PORT: '0' })
    await no.answer(/Write .*openclaw\.json and keep gateway\.yaml as a backup\? \[y\/N\] /, '\r')
    expect(await no.exited).toBe(0)
    expect(readFileSync(join(other, 'gateway.yaml'), 'utf8')).toBe(yaml)
    const yes = onTerminal(other, ['doctor', '--fix'], { OPENCLAW_GATEWAY_PORT: '0' })
    await yes.answer(/\[y\/N\] /, 'y\r')
    expect(await yes.exited).toBe(0)
    expect(existsSync(join(other, 'gateway.yaml'))).toBe(false)
  })

  test_(
    'a secret of --set is asked for and not shown, and is no answer to what is asked next',
    async () => {
      const dir = stateDir()
      const secret = 'f00d'.repeat(16)
      const typed = onTerminal(dir, ['configure', '--set', 'gateway.auth.token=-'])
      await typed.answer(/gateway\.auth\.token \(not shown\): /, `${secret}\r`)
      await typed.answer(/Write this to .*\? \[Y\/n\] /, 'y\r')
      expect(await typed.exited).toBe(0)
      expect(typed.output()).not.toContain(secret)
      expect(written(dir)).toContain(secret)
    },
  )

  test_('a secret of an option is asked for and not shown', async () => {
    const secret = 'f00d'.repeat(16)
    const typed = onTerminal(stateDir(), ['health', '--url', 'ws://127.0.0.1:9', '--token', '-'])
    await typed.answer(/--token \(not shown\): /, `${secret}\r`)
    expect(await typed.exited).not.toBe(0)
    expect(typed.output()).not.toContain(secret)
  })
})

describe('without a terminal', () => {
  test('asks nothing: it says what to type', () => {
    const dir = stateDir()
    const { code, stderr } = runCli(dir, ['configure'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/--set key=value .*--yes/)
    expect(written(dir)).toBe(OLD)
  })

  test('--set shows the difference, and --yes writes all of it at once', () => {
    const dir = stateDir()
    const set = [
      'configure',
      '--set',
      'gateway.port=18790',
      '--set',
      'gateway.trustedProxies=["::1"]',
    ]
    const shown = runCli(dir, set)
    expect(shown.code).toBe(1)
    expect(shown.stdout).toContain('- gateway.port: 18789\n+ gateway.port: 18790\n')
    expect(shown.stderr).toContain('nothing was written: --yes writes it')
    expect(written(dir)).toBe(OLD)
    const done = runCli(dir, [...set, '--yes'])
    expect(done.code).toBe(0)
    expect(setting(dir, 'gateway.port')).toBe(18_790)
    expect(written(dir)).toContain('// mine')
    const again = runCli(dir, [...set, '--yes'])
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('already says so')])
  })

  test('a secret comes from standard input, and one on the command line is warned of', () => {
    const dir = stateDir()
    const flags = ['configure', '--yes', '--set']
    const read = runCli(dir, [...flags, 'gateway.auth.token=-'], { input: `${TOKEN}\n` })
    expect(read.code).toBe(0)
    expect(setting(dir, 'gateway.auth.token')).toBe(TOKEN)
    expect(read.stderr).toBe('')
    const other = 'facade00'.repeat(8)
    const open = runCli(dir, [...flags, `gateway.auth.token=${other}`, '--json'])
    expect(open.stderr).toContain('can be read by every user')
    expect(JSON.parse(open.stdout)).toMatchObject({
      written: true,
      changes: [
        {
          key: 'gateway.auth.token',
          before: expect.stringMatching(/sha256/),
          after: expect.stringMatching(/sha256/),
        },
      ],
    })
    for (const secret of [TOKEN, other]) expect(read.stdout + open.stdout).not.toContain(secret)
    const variable = runCli(dir, [...flags, 'gateway.auth.token=${CLAW_TOKEN}'])
    expect(variable.stdout).toContain('+ gateway.auth.token: ${CLAW_TOKEN}')
    expect(variable.stderr).not.toContain('can be read by every user')
  })

  test.each([
    ['gateway.port=seventy', /"seventy" is not accepted/],
    ['gateway.nope=1', /gateway\.nope/],
    ['__proto__.polluted=1', /__proto__/],
    ['gateway.auth.token=[redacted sha256:12345678]', /redaction marker/],
    ['gateway.port', /key=value/],
  ])('%s is refused, and with it all that was asked for', (wrong, says) => {
    const dir = stateDir()
    const { code, stderr } = runCli(dir, [
      'configure',
      '--yes',
      '--set',
      'gateway.bind=loopback',
      '--set',
      wrong,
    ])
    expect(code).toBe(1)
    expect(stderr).toMatch(says)
    expect(written(dir)).toBe(OLD)
  })

  test('a gateway that runs takes it over', async () => {
    const dir = stateDir('{ gateway: { auth: { mode: "token", token: "' + TOKEN + '" } } }')
    const gateway = await startGateway({ dir })
    onTestFinished(async () => void (await gateway.stop()))
    const { code, stdout } = gateway.cli(['configure', '--yes', '--set', 'gateway.port=18793'])
    expect(code).toBe(0)
    expect(stdout).toContain('`openclaw gateway restart` applies it')
  })
})
