/** `openclaw recover` killed at any of its renames: the next one finishes, and nothing that could be read is lost. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TOKEN } from './gateway.ts'
import { changed } from './recover-change-states.fixture.ts'
import { asideOf, livedIn, MESSAGE, openclaw, type Lived } from './recover.fixture.ts'

const TRACED = spawnSync('strace', ['-f', '-e', 'inject=rename:delay_enter=1', 'true']).status === 0
const RENAMES = 'rename,renameat,renameat2'
const base: { lived: Lived | null } = { lived: null }

beforeAll(async () => {
  if (TRACED) base.lived = await livedIn()
})
afterAll(() => rmSync(base.lived?.dir ?? '', { recursive: true, force: true }))

describe(TRACED ? 'killed at a rename' : 'skipped: needs strace', () => {
  test.skipIf(!TRACED)(
    'at each of them: the next run finishes, and all of it is on the record',
    () => killedAtEach({ damage, atLeast: 10, finished: everythingRepaired }),
    120_000,
  )
  test.skipIf(!TRACED)(
    'with a change to undo: it is undone once, and nothing of it is lost',
    () => killedAtEach({ damage: (dir) => changed(dir), atLeast: 2, finished: changeUndone }),
    120_000,
  )
})

interface Killing {
  readonly damage: (dir: string) => void
  /** Renames that the repair takes. */
  readonly atLeast: number
  /** What the run after the kill leaves. */
  readonly finished: (dir: string) => void
}

async function killedAtEach({ damage: spoil, atLeast, finished }: Killing): Promise<void> {
  const renames = await inDamagedDir(spoil, countRenames)
  expect(renames).toBeGreaterThan(atLeast)
  const all = Array.from({ length: renames }, (_, at) => at + 1)
  const queue = all.values()
  const workers = [0, 1, 2].map(async () => {
    for (const at of queue)
      await inDamagedDir(spoil, async (dir) => {
        await killedAt(dir, at)
        finished(dir)
      })
  })
  await Promise.all(workers)
}

/** One thread for files, so that their calls have an order. */
function traced(options: readonly string[]) {
  return {
    wrapped: ['strace', '-f', '-qq', ...options],
    env: { UV_THREADPOOL_SIZE: '1' },
  }
}

async function countRenames(dir: string): Promise<number> {
  const log = join(dir, '../trace')
  const { code } = await openclaw(dir, ['recover'], traced(['-o', log, '-e', `trace=${RENAMES}`]))
  expect(code).toBe(0)
  return readFileSync(log, 'utf8').split('\n').length - 1
}

async function killedAt(dir: string, at: number): Promise<void> {
  const inject = `inject=${RENAMES}:signal=SIGKILL:when=${at}`
  const log = join(dir, '../trace')
  const killed = await openclaw(dir, ['recover'], traced(['-o', log, '-e', inject]))
  expect(killed.code).not.toBe(0)

  const next = await openclaw(dir, ['recover'])
  expect(next.stderr).toBe('')
  expect(next.stdout).toContain('answered you as its administrator')
  expect(next.code).toBe(0)
}

function changeUndone(dir: string): void {
  expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toContain('maxConcurrent: 7')
  expect(existsSync(join(dir, 'openclaw.json.pending'))).toBe(false)
  expect(asideOf(dir)).toMatch(/maxConcurrent: 9/)
}

function everythingRepaired(dir: string): void {
  const records = readdirSync(join(dir, 'records')).map((name) =>
    readFileSync(join(dir, 'records', name), 'utf8'),
  )
  for (const step of ['config', 'key', 'store', 'files'])
    expect(records.join('')).toContain(`"event":"recover.${step}"`)
  const aside = asideOf(dir)
  for (const old of [TOKEN, 'no key at all', 'no records']) expect(aside).toContain(old)
  expect(readFileSync(join(dir, 'auth/api_keys.json'), 'utf8')).toContain('kept')
  for (const name of ['store.sqlite', 'openclaw.json'])
    expect(existsSync(join(dir, `${name}.recovered`))).toBe(false)
  expect(readFileSync(join(dir, 'openclaw.json'), 'utf8')).toContain('"allowLocalDirect": false')
  expect(readFileSync(join(dir, 'store.sqlite'), 'latin1')).toContain(MESSAGE)
}

async function inDamagedDir<Result>(
  spoil: (dir: string) => void,
  work: (dir: string) => Promise<Result>,
): Promise<Result> {
  const parent = mkdtempSync(join(tmpdir(), 'openclaw-killed-'))
  const dir = join(parent, 's')
  try {
    execFileSync('cp', ['-a', base.lived?.dir ?? '', dir])
    spoil(dir)
    return await work(dir)
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}

function damage(dir: string): void {
  const put = (name: string, content: string | Buffer): void =>
    writeFileSync(join(dir, name), content, { mode: 0o600 })
  put('openclaw.json', `{ gateway: { auth: { token: "${TOKEN}" }`)
  put('fingerprint.key', 'no key at all\n')
  put('web-sessions.json', '{')
  rmSync(join(dir, 'records'), { recursive: true })
  put('records', 'no records')
  const store = readFileSync(join(dir, 'store.sqlite'))
  put('store.sqlite', store.fill(0x5a, store.length - 4096))
  put('store.sqlite-wal', 'left over')
}
