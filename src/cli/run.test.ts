import { array, assert, asyncProperty, constantFrom, oneof, string } from 'fast-check'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testContext } from './context.fixture.ts'
import { COMMANDS } from './index.ts'
import { run } from './run.ts'
import type { Parts } from './parts.ts'

const home = { dir: '' }

beforeAll(async () => {
  home.dir = await mkdtemp(join(tmpdir(), 'openclaw-run-'))
})
afterAll(() => rm(home.dir, { recursive: true, force: true }))

/** `config` commands write: to a home of their own. */
async function openclaw(words: readonly string[], parts: Partial<Parts> = {}) {
  const { context, written } = testContext(parts, { env: { HOME: home.dir } })
  return { code: await run(words, context), ...written }
}

describe('the command line', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])(
    '%j prints the help of everything',
    async (words) => {
      const { code, out, err } = await openclaw(words)
      expect([code, err]).toEqual([0, ''])
      for (const { name } of COMMANDS) expect(out).toContain(`  ${name} `)
    },
  )

  it('helps with a group and with one command, with examples', async () => {
    expect((await openclaw(['token', '--help'])).out).toContain('token promote')
    expect((await openclaw(['help', 'token', 'promote'])).out).toContain(
      'openclaw token promote --force',
    )
    expect((await openclaw(['auth', 'explain', '--help'])).out).toMatch(/Examples:[\s\S]*--peer/)
  })

  it('prints its version', async () => {
    for (const asked of ['--version', '-V', '-v', 'version'])
      expect((await openclaw([asked])).out).toBe('1.2.3\n')
    expect(JSON.parse((await openclaw(['--json', '--version'])).out)).toEqual({ version: '1.2.3' })
  })

  it.each([
    ['an unknown command', ['nope']],
    ['an unknown option', ['status', '--nope']],
    ['too many arguments', ['auth', 'why', 'a', 'b']],
    ['a missing argument', ['auth', 'why']],
    ['a missing value', ['gateway', '--port']],
    ['a value outside the choices', ['gateway', '--bind', 'everywhere']],
    ['a word where none is taken', ['status', 'now']],
    ['a number that is none', ['gateway', '--port', 'seventy']],
    ['a kind of log that is none', ['logs', 'everything']],
  ])('%s is used wrongly: exit 2, one line, and what to do', async (_what, words) => {
    const { code, out, err } = await openclaw(words)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^openclaw: .+\n$/)
  })

  it.each([
    [['logs', 'frob'], 'logs: "frob" is none of auth, gateway, channels; `openclaw logs --help`'],
    [['gateway', '--bind', 'frob'], 'gateway: --bind "frob" is none of loopback, lan'],
    [['logs', 'tok-SECRET-0123456789'], 'logs: this is none of auth'],
  ])('%j: says what may stand there', async (words, message) => {
    expect((await openclaw(words)).err).toContain(message)
  })

  it.each([
    ['an unknown command', ['bogus'], 2, 'usage', 'unknown command "bogus"'],
    ['an unknown option', ['status', '--nope'], 2, 'usage', '--nope'],
    ['no message', ['agent'], 2, 'usage', 'what shall it be told?'],
    ['an id that is none', ['auth', 'why', '../x'], 2, 'usage', 'that is no request id'],
    ['an unknown request', ['auth', 'why', 'x'], 1, 'refused', 'knows no request x'],
    ['no record', ['logs', 'verify'], 1, 'refused', 'there is no record in'],
    ['no gateway', ['health'], 1, 'not-running', 'is not running'],
    ['an unknown key', ['config', 'get', 'nope'], 1, 'unknown_key', 'there is no such key'],
    ['what is no key', ['config', 'unset', 'a..b'], 1, 'unknown_key', 'is no key'],
    ['a wrong value', ['config', 'set', 'gateway.port', 'x'], 1, 'wrong_value', 'not accepted'],
  ])('--json: %s is one object, and the line for people', async (_what, words, ...expected) => {
    const [exit, code, message] = expected
    const { code: ended, out, err } = await openclaw([...words, '--json'])
    const said = { code, message: expect.stringContaining(message) }
    expect(ended).toBe(exit)
    expect(JSON.parse(out)).toEqual({ error: expect.objectContaining(said) })
    expect(err).toContain(message)
  })

  it('--json: a fault of ours is an object, too, and a start that is refused', async () => {
    const gatewayInfo = async () => {
      throw new Error('disk on fire')
    }
    const fault = await openclaw(['status', '--json'], { gatewayInfo })
    expect(JSON.parse(fault.out)).toMatchObject({ error: { code: 'fault' } })
    const runGateway: Parts['runGateway'] = async (_options, io) => {
      io.stderr('warning: loud\ngateway.port: is in use\n')
      return 1
    }
    const refused = await openclaw(['gateway', '--json'], { runGateway })
    expect(JSON.parse(refused.out)).toEqual({
      error: { code: 'refused', message: 'gateway.port: is in use' },
    })
  })

  it('R61: warns of a secret on the command line, and never repeats one', async () => {
    const secret = 'tok-SECRET-0123456789'
    const warned = await openclaw(['gateway', '--token', secret])
    expect(warned.err).toMatch(
      /warning: what follows --token can be read by every user.*; OPENCLAW_GATEWAY_TOKEN is safer, and `--token -` reads it from standard input/,
    )
    const lines = [
      ['gateway', '--token', secret, '--nope'],
      ['gateway', `--tokn=${secret}`],
      ['gateway', `--json=${secret}`],
      ['gateway', secret],
      ['status', '--token', secret, '--url', 'x'],
      [secret],
      ['api-keys', 'create', '--permissions', secret, '--name', 'x'],
      ['lockouts', 'clear', secret],
      ['logs', '--since', secret],
      ['auth', 'why', 'a', secret],
      ['auth', 'explain', '--header', secret],
    ]
    for (const words of lines) {
      const { err, out } = await openclaw(words)
      expect(err + out).not.toContain(
        words.includes('why') || words[1] !== secret ? secret : 'nothing',
      )
    }
  })

  it('hands the flags of `gateway` on, secrets as secrets', async () => {
    const started: object[] = []
    const runGateway: Parts['runGateway'] = async (options) => {
      started.push(options)
      return 0
    }
    await openclaw(
      [
        'gateway',
        'run',
        '--port',
        '0',
        '--bind',
        'lan',
        '--auth',
        'token',
        '--token',
        'tok-SECRET',
        '--tailscale',
        'off',
      ],
      { runGateway },
    )
    await openclaw(['gateway'], { runGateway })
    expect(started).toMatchObject([
      { port: 0, bind: 'lan', auth: 'token', tailscale: 'off', verbose: false },
      { verbose: false },
    ])
    expect(JSON.stringify(started)).not.toContain('tok-SECRET')
    expect(started[1]).toEqual({ verbose: false })
  })

  it('our own fault: exit 70, one line, no trace; --verbose adds the causes', async () => {
    const cause = new Error('the disk is on fire\n    at burn (/app/fire.js:1:1)')
    const record: Parts['record'] = () =>
      Promise.reject(new Error('cannot read the record', { cause }))
    const short = await openclaw(['logs'], { record })
    expect(short.code).toBe(70)
    expect(short.err).toMatch(/^openclaw: unexpected: cannot read the record\. .*--verbose.*\n$/)
    const long = await openclaw(['logs', '--verbose'], { record })
    expect(long.err).toMatch(/cannot read the record: because the disk is on fire/)
    expect(long.err).not.toMatch(/\n\s+at /)
  })

  it('what the machine refuses: exit 1, its path and what is wrong, and no fault of ours', async () => {
    const record: Parts['record'] = async () => {
      throw await readFile('/dev/null/x').catch((error: unknown) => error)
    }
    const { code, err } = await openclaw(['logs'], { record })
    expect([code, err]).toEqual([
      1,
      'openclaw: a part of the path is no folder: /dev/null/x (ENOTDIR): see what is there, and whether OPENCLAW_STATE_DIR is right\n',
    ])
  })

  it('a thrown value that is no error ends no differently', async () => {
    const record: Parts['record'] = () => Promise.reject(null)
    expect((await openclaw(['logs'], { record })).code).toBe(70)
  })

  it('whatever is typed ends in a known exit code, without a trace, and with words where it failed', async () => {
    const words = COMMANDS.flatMap(({ name }) => name.split(' '))
    const flags = [
      '--json',
      '--help',
      '--port',
      '--url',
      '--token',
      '--since',
      '--limit',
      '--header',
      '--',
      '-x',
      '--verbose',
      '--expires',
      '--name',
    ]
    const word = oneof(
      constantFrom(...words),
      constantFrom(...flags),
      string(),
      string({ unit: 'binary' }),
      constantFrom('', '=', '-', '--=', '__proto__', '--__proto__=x', 'constructor', '-5'),
    )
    await assert(
      asyncProperty(array(word, { maxLength: 6 }), async (typed) => {
        const { code, out, err } = await openclaw(typed)
        expect([0, 1, 2]).toContain(code)
        expect(out + err).not.toMatch(/\n\s+at .+:\d+/)
        expect(err.includes('unexpected')).toBe(false)
        if (code !== 0) expect(err).not.toBe('')
      }),
      { numRuns: 1000 },
    )
  })
})
