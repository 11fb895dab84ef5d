import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commandShape, programCommand } from './command-shape.ts'
import { ProcessGroups } from './process-groups.ts'
import { runCommand, type Manner } from './run-command.ts'
import type { Outcome } from './types.ts'

const NODE = process.execPath
const ECHO_ARGS = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
const ECHO_ENV = 'process.stdout.write(JSON.stringify(process.env))'
const SECRETS = { OPENCLAW_GATEWAY_TOKEN: 'c0ffee'.repeat(8), AWS_SECRET_ACCESS_KEY: 'hunter2' }

const command = (entry: object) => programCommand('test', commandShape.parse(entry))
function start(entry: object, more: Partial<Manner> = {}) {
  const groups = new ProcessGroups()
  const cancel = new AbortController()
  onTestFinished(() => groups.killAll())
  const ended = runCommand(command(entry), {
    groups,
    env: { ...process.env, ...SECRETS },
    extraArgs: [],
    timeoutMs: 60_000,
    cancelled: cancel.signal,
    ...more,
  })
  return { ended, cancel, groups }
}
const run = (entry: object, more: Partial<Manner> = {}) => start(entry, more).ended
function output(outcome: Outcome): unknown {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return JSON.parse(String(Object(outcome.payload).stdout))
}
function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'openclaw-run-')))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
/** Fails by the time limit of the test. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20))
}
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // Ended, and not yet reaped by whoever adopted it.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Starts a child that ignores SIGTERM, and says both their pids in a file; then neither ends by itself. */
const STUBBORN = `
const { spawn } = require('node:child_process')
const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); process.send("up"); setInterval(() => {}, 1000)'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
child.on('message', () => require('node:fs').writeFileSync(process.argv[1] + '.part', JSON.stringify([process.pid, child.pid])))
child.on('message', () => require('node:fs').renameSync(process.argv[1] + '.part', process.argv[1]))
process.on('SIGTERM', () => {})
setInterval(() => {}, 1000)
`

describe('a command', () => {
  it('answers with its exit code, both outputs, and how long it took', async () => {
    const script = 'console.log("out ü"); console.error("err"); process.exit(3)'
    expect(await run({ run: [NODE, '-e', script] })).toEqual({
      kind: 'done',
      payload: {
        exitCode: 3,
        signal: null,
        stdout: 'out ü\n',
        stderr: 'err\n',
        truncated: false,
        durationMs: expect.any(Number),
      },
    })
  })

  it('that a signal ends says which', async () => {
    const ended = await run({ run: [NODE, '-e', 'process.kill(process.pid, "SIGKILL")'] })
    expect(ended).toMatchObject({ payload: { exitCode: null, signal: 'SIGKILL' } })
  })

  it.each([
    ['a blank', 'two words'],
    ['quotes', `"double" 'single'`],
    [
      'what a shell would run',
      '; touch pwned $(touch pwned) `touch pwned` | touch pwned & > pwned',
    ],
    ['line breaks', 'one\ntwo\r\nthree'],
    ['a wildcard', '*'],
    ['nothing', ''],
    ['an option', '--version'],
  ])('gets an argument with %s as one argument', async (_, argument) => {
    const cwd = folder()
    const entry = { run: [NODE, '-e', ECHO_ARGS, '--', 'fixed arg'], cwd }
    expect(output(await run(entry, { extraArgs: [argument] }))).toEqual(['fixed arg', argument])
    expect(existsSync(join(cwd, 'pwned'))).toBe(false)
  })

  it('sees PATH, HOME, LANG and what its entry names, and none of this program’s secrets', async () => {
    const env = { PATH: `.::bin:/usr/bin:${SECRETS.AWS_SECRET_ACCESS_KEY}`, HOME: '/', LANG: 'C' }
    const own = { ...env, ...SECRETS, DISPLAY: ':0', EDITOR: 'vi' }
    const seen = output(await run({ run: [NODE, '-e', ECHO_ENV], env: ['EDITOR'] }, { env: own }))
    expect(seen).toEqual({ PATH: '/usr/bin', HOME: '/', LANG: 'C', EDITOR: 'vi' })
  })

  it('runs in its folder, and hears nothing on standard input', async () => {
    const cwd = folder()
    const script = `process.stdin.on('data', () => {}).on('end', () => console.log(JSON.stringify(process.cwd())))`
    expect(output(await run({ run: [NODE, '-e', script], cwd }))).toBe(cwd)
  })

  it.each([
    { limit: 10, printed: 'x'.repeat(100), kept: 'x'.repeat(10) },
    { limit: 5, printed: 'üüü', kept: 'üü' },
    { limit: 6, printed: 'üüü', kept: 'üüü' },
  ])('prints at most $limit bytes of $printed', async ({ limit, printed, kept }) => {
    const script = `process.stdout.write(${JSON.stringify(printed)})`
    const ended = await run({ run: [NODE, '-e', script], maxOutputBytes: limit })
    expect(ended).toMatchObject({
      payload: { exitCode: 0, stdout: kept, truncated: printed !== kept },
    })
  })

  it('that prints far more than anybody reads still ends by itself', async () => {
    const script = 'process.stdout.write(Buffer.alloc(5e6, 120), () => process.exit(7))'
    const ended = await run({ run: [NODE, '-e', script], maxOutputBytes: 1 })
    expect(ended).toMatchObject({ payload: { exitCode: 7, stdout: 'x', truncated: true } })
  })

  it('that prints no UTF-8 is answered all the same', async () => {
    const script = 'process.stdout.write(Buffer.from([0x61, 0xff, 0x62]))'
    expect(await run({ run: [NODE, '-e', script] })).toMatchObject({
      payload: { stdout: 'a\uFFFDb' },
    })
  })

  it.each([
    ['program', { run: ['/nowhere/at-all'] }],
    ['name', { run: ['no-such-program-here'] }],
    ['folder', { run: [NODE, '-e', ''], cwd: '/nowhere/at-all' }],
  ])('whose %s is not there says so, and not where', async (_, entry) => {
    expect(await run(entry)).toEqual({
      kind: 'failed',
      code: 'failed-to-start',
      message: 'test could not be started: its program, or its folder, is not there',
    })
  })

  it('that cannot be started is a value, too', async () => {
    const ended = await run({ run: ['/'] })
    expect(ended).toMatchObject({
      code: 'failed-to-start',
      message: expect.stringMatching(/EACCES/),
    })
    const long = await run({ run: [NODE, '-e', ''] }, { extraArgs: ['x'.repeat(4_000_000)] })
    expect(long).toMatchObject({ code: 'failed-to-start', message: expect.stringMatching(/E2BIG/) })
  })
})

describe('the end of a command', () => {
  it('comes with its time limit, for its whole process group, however stubborn', async () => {
    const file = join(folder(), 'pids')
    const entry = { run: [NODE, '-e', STUBBORN, file], timeoutSeconds: 5 }
    const { ended } = start(entry)
    await until(() => existsSync(file))
    const pids: readonly number[] = JSON.parse(readFileSync(file, 'utf8'))
    expect(pids.map(runs)).toEqual([true, true])
    expect(await ended).toMatchObject({ kind: 'failed', code: 'timeout' })
    await until(() => !pids.some(runs))
  })

  it('comes with the time limit of whoever asked, where that is shorter', async () => {
    const ended = await run({ run: ['sleep', '60'] }, { timeoutMs: 50 })
    expect(ended).toMatchObject({ code: 'timeout', message: expect.stringContaining('50 ms') })
  })

  it('comes when nobody waits for it any more, for its whole process group', async () => {
    const file = join(folder(), 'pids')
    const { ended, cancel } = start({ run: [NODE, '-e', STUBBORN, file] })
    await until(() => existsSync(file))
    const pids: readonly number[] = JSON.parse(readFileSync(file, 'utf8'))
    cancel.abort()
    expect(await ended).toMatchObject({ kind: 'failed', code: 'cancelled' })
    await until(() => !pids.some(runs))
  })

  it('comes before its start, when it was cancelled by then', async () => {
    const ended = await run({ run: ['sleep', '60'] }, { cancelled: AbortSignal.abort() })
    expect(ended).toMatchObject({ code: 'cancelled' })
  })

  it('is the end of what it left running in its group', async () => {
    const file = join(folder(), 'pid')
    const script = `sleep 60 & echo $! > ${file}`
    expect(await run({ run: ['/bin/sh', '-c', script] })).toMatchObject({
      payload: { exitCode: 0 },
    })
    await until(() => !runs(Number(readFileSync(file, 'utf8'))))
  })

  it('does not wait for a stranger to its group that holds its output', async () => {
    const script = `require('node:child_process').spawn('sleep', ['3'], { detached: true, stdio: 'inherit' }).unref(); console.log('1')`
    const ended = await run({ run: [NODE, '-e', script] })
    expect(ended).toMatchObject({ payload: { exitCode: 0, stdout: '1\n' } })
    expect(Object(ended).payload.durationMs).toBeLessThan(2_900)
  })

  it('comes at once when this program ends', async () => {
    const file = join(folder(), 'pids')
    const { ended, groups } = start({ run: [NODE, '-e', STUBBORN, file] })
    await until(() => existsSync(file))
    groups.killAll()
    expect(await ended).toMatchObject({ payload: { signal: 'SIGKILL' } })
  })
})
