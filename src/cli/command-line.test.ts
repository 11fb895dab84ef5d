import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { standIn } from './stand-in.fixture.ts'

const MAIN = join(import.meta.dirname, '..', 'main.ts')
const home = { dir: '' }

beforeAll(async () => {
  home.dir = await mkdtemp(join(tmpdir(), 'openclaw-home-'))
})
afterAll(() => rm(home.dir, { recursive: true, force: true }))

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function program(
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  return started(file, args, env).ended
}

function started(file: string, args: readonly string[], env: Record<string, string> = {}) {
  const clean = {
    PATH: process.env['PATH'] ?? '',
    HOME: home.dir,
    OPENCLAW_STATE_DIR: join(home.dir, 'state'),
    ...env,
  }
  const child = spawn(file, args, { env: clean, stdio: ['ignore', 'pipe', 'pipe'] })
  const written = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (written.out += String(chunk)))
  child.stderr.on('data', (chunk) => (written.err += String(chunk)))
  const ended = new Promise<Ran>((done) =>
    child.once('close', (code) => done({ code, ...written })),
  )
  return { child, ended }
}

const openclaw = (args: readonly string[], env?: Record<string, string>) =>
  program(process.execPath, [MAIN, ...args], env)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('openclaw as it is typed', () => {
  it('says its version and its help', async () => {
    const manifest: unknown = JSON.parse(await readFile(join(MAIN, '../../package.json'), 'utf8'))
    expect(manifest).toMatchObject({ version: (await openclaw(['--version'])).out.trim() })
    expect(await openclaw(['--help'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('openclaw gateway'),
    })
  })

  it('suggests what was probably meant, exit 2', async () => {
    const { code, err } = await openclaw(['gateway', 'sotp'])
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('did you mean `openclaw gateway stop`?'),
    ])
  })

  it.each([
    [['status']],
    [['gateway', 'stop']],
    [['token', 'rotate']],
    [['dashboard']],
    [['agent', '--message', 'hello']],
  ])('%j while nothing runs: exit 1, what was tried, how to start it', async (words) => {
    const port = String(await freePort())
    const { code, out, err } = await openclaw(words, { OPENCLAW_GATEWAY_PORT: port })
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(
      new RegExp(
        `^openclaw: the gateway is not running \\(tried .*, http://127.0.0.1:${port}\\): start it with .openclaw gateway.\\n$`,
      ),
    )
  })

  it.each([
    ['{ gateway: { bnid: "lan" } }', 'gateway\\.bnid: '],
    ['{ gateway: { bind: "lan" } }', 'gateway\\.auth\\.token: no token is configured'],
  ])('while nothing runs and nothing would start (%s): why, and what to do', async (text, why) => {
    const dir = await mkdtemp(join(home.dir, 'broken-'))
    await writeFile(join(dir, 'openclaw.json'), text, { mode: 0o600 })
    const port = String(await freePort())
    const env = { OPENCLAW_STATE_DIR: dir, OPENCLAW_GATEWAY_PORT: port }
    const { code, err } = await openclaw(['health'], env)
    expect(code).toBe(1)
    expect(err).toMatch(
      new RegExp(
        `is not running .*, and would not start: .*${why}.*[^.?](?:\\.|\\?) Or let .openclaw recover. repair it\\n$`,
      ),
    )
    expect(err).not.toContain('start it with')
  })

  it('creates nothing by asking', async () => {
    await openclaw(['status'])
    await expect(stat(join(home.dir, 'state'))).rejects.toThrow(/ENOENT/)
  })

  it('keeps API keys in their file while nothing runs', async () => {
    const env = {
      OPENCLAW_STATE_DIR: await mkdtemp(join(home.dir, 'keys-')),
      OPENCLAW_GATEWAY_PORT: String(await freePort()),
    }
    const off = await openclaw(['api-keys', 'create', '--name', 'ci'], env)
    expect([off.code, off.err]).toEqual([
      1,
      expect.stringContaining('config set security.apiKeys.enabled true'),
    ])
    expect((await openclaw(['config', 'set', 'security.apiKeys.enabled', 'true'], env)).code).toBe(
      0,
    )

    const created = await openclaw(
      [
        'api-keys',
        'create',
        '--name',
        'ci',
        '--permissions',
        'read,write',
        '--expires',
        '30d',
        '--json',
      ],
      env,
    )
    const { id, key } = JSON.parse(created.out)
    expect(key).toMatch(/^sk-/)
    const file = join(env.OPENCLAW_STATE_DIR, 'auth/api_keys.json')
    expect(await readFile(file, 'utf8')).not.toContain(key)
    expect((await stat(file)).mode & 0o777).toBe(0o600)

    expect((await openclaw(['api-keys', 'list'], env)).out).toMatch(
      new RegExp(`^id .*\\n${id} +ci +read,write +active`),
    )
    const rotated = await openclaw(['api-keys', 'rotate', id, '--json'], env)
    expect(JSON.parse(rotated.out)).toMatchObject({ id, key: expect.not.stringMatching(key) })
    expect(await openclaw(['api-keys', 'revoke', id], env)).toMatchObject({ code: 0 })
    expect((await openclaw(['api-keys', 'list'], env)).out).toContain('revoked')
    expect(await openclaw(['api-keys', 'revoke', 'nobody'], env)).toMatchObject({ code: 1 })
  })

  it('reads the record while nothing runs', async () => {
    expect(await openclaw(['logs'])).toEqual({ code: 0, out: '', err: 'no entries\n' })
    expect(await openclaw(['logs', 'verify'])).toMatchObject({
      code: 1,
      err: expect.stringContaining(`there is no record in ${join(home.dir, 'state', 'records')}`),
    })
    expect(await openclaw(['auth', 'why', 'abc-1'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('knows no request abc-1'),
    })
  })

  it('`config get` imports neither server nor store', async () => {
    const tracing = `data:text/javascript,${encodeURIComponent("import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) { process.stderr.write('load ' + url + '\\n'); return next(url, context) } })")}`
    const { code, out, err } = await program(process.execPath, [
      '--import',
      tracing,
      MAIN,
      'config',
      'get',
      'gateway.port',
    ])
    expect([code, out]).toEqual([0, '18789\n'])
    expect(err).toContain('config-get.ts')
    const heavy =
      /fastify|kysely|\/ws\/|pino|\/yaml\/|node:http|src\/(storage|server|record|access)\/|app\.ts/
    expect(err.split('\n').filter((line) => heavy.test(line))).toEqual([])
  })

  it('Ctrl-C ends a command that waits, at once and without a word', async () => {
    const gateway = await standIn('port', () => 'hang')
    const url = `http://127.0.0.1:${gateway.port}`
    const words = ['agent', '--message', 'hello', '--url', url]
    const { child, ended } = started(process.execPath, [MAIN, ...words])
    await expect.poll(() => gateway.received.length, { timeout: 20_000 }).toBe(1)
    child.kill('SIGINT')
    expect(await ended).toEqual({ code: null, out: '', err: '' })
    expect(child.signalCode).toBe('SIGINT')
    await expect.poll(() => gateway.open()).toBe(0)
    await gateway.close()
  })

  it('ends as soon as it is answered, whoever does not hang up', async () => {
    const answer = () => ({ payload: { ok: true } })
    const gateway = await standIn('port', answer, { deaf: true })
    const { child, ended } = started(process.execPath, [
      MAIN,
      'health',
      '--url',
      `http://127.0.0.1:${gateway.port}`,
    ])
    await expect.poll(() => gateway.received.length, { timeout: 20_000 }).toBe(1)
    const answered = performance.now()
    expect(await ended).toMatchObject({ code: 0, out: 'ok\n' })
    expect(performance.now() - answered).toBeLessThan(2_000)
    expect(child.signalCode).toBeNull()
    await gateway.close()
  })

  it('a reader that has seen enough is no failure', async () => {
    const { code, err } = await program('bash', [
      '-c',
      `"${process.execPath}" "${MAIN}" --help | head -1; exit \${PIPESTATUS[0]}`,
    ])
    expect([code, err]).toEqual([0, ''])
  })
})

describe('completion', () => {
  it('bash accepts the script and completes commands, verbs and flags with it', async () => {
    const { out } = await openclaw(['completion', 'bash'])
    const complete = async (...typed: string[]) => {
      const words = `COMP_WORDS=(openclaw ${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length}`
      const { out: found, err } = await program('bash', [
        '-c',
        `${out}\n${words}\n_openclaw; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ])
      expect(err).toBe('')
      return found.trim().split('\n')
    }
    expect(await program('bash', ['-n', '-c', out])).toMatchObject({ code: 0, err: '' })
    expect(await complete('to')).toEqual(['token'])
    expect(await complete('token', 'pro')).toEqual(['promote'])
    expect(await complete('token', 'promote', '--f')).toEqual(['--force'])
    expect(await complete('logs', 'a')).toEqual(['auth'])
    expect(await complete('gateway', '--port', '1', '--ba')).toEqual([''])
    expect(await complete('gateway', '--bind', 'l')).toEqual(['loopback', 'lan'])
    expect(await complete('gateway', '--port', '1', '--auth', 'tr')).toEqual(['trusted-proxy'])
    expect(await complete('qr', '--access', '')).toEqual(['full', 'limited', 'node'])
    expect(await complete('nothing', 'like', 'this')).toEqual([''])
  })

  it.each(['zsh', 'fish'])('there is a script for %s, too', async (shell) => {
    const { code, out } = await openclaw(['completion', shell])
    expect(code).toBe(0)
    for (const word of ['promote', 'force', 'restart']) expect(out).toContain(word)
  })
})
