/** Opening the store: private files, damaged files, files of another version, and what is said about them. */
import { chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMeta } from './meta.ts'
import { openStore } from './open.ts'
import { explainStoreError, StoreProblem } from './store-problem.ts'

const state = { dir: '' }
const file = (): string => join(state.dir, 'store.sqlite')

beforeEach(async () => {
  state.dir = await mkdtemp(join(tmpdir(), 'store-open-'))
})
afterEach(() => rm(state.dir, { recursive: true }))

async function problem(): Promise<StoreProblem> {
  const found = await openStore(state.dir).then(
    async (store) => store.close().then(() => null),
    (error: unknown) => error,
  )
  if (found instanceof StoreProblem) return found
  throw new Error('it opened', { cause: found })
}

async function modeOf(name: string): Promise<string> {
  return ((await stat(name)).mode & 0o777).toString(8)
}

describe('the files', () => {
  it('R62 are 0600, all three, whatever the umask and whatever they were before', async () => {
    await writeFile(file(), '', { mode: 0o666 })
    await chmod(file(), 0o666)
    const umask = process.umask(0)
    const store = await openStore(state.dir).finally(() => process.umask(umask))
    for (const name of ['', '-wal', '-shm']) expect(await modeOf(file() + name)).toBe('600')

    await chmod(`${file()}-wal`, 0o644)
    const second = await openStore(state.dir)
    expect(await modeOf(`${file()}-wal`)).toBe('600')
    await second.close()
    await store.close()
  })

  it('may be opened again and again, and by a second program while the first runs', async () => {
    const first = await openStore(state.dir)
    await (await openMeta(first)).set('head', '1')
    const second = await openStore(state.dir)
    expect((await openMeta(second)).get('head')).toBe('1')
    await second.close()

    await (await openMeta(first)).set('head', '2')
    await first.close()
    const third = await openStore(state.dir)
    expect((await openMeta(third)).get('head')).toBe('2')
    await third.close()
  })
})

describe('a damaged file', () => {
  it('that is no database is named, with what to do, and left as it was', async () => {
    const rubbish = 'this is no database. '.repeat(400)
    await writeFile(file(), rubbish)
    const { kind, message, forCallers } = await problem()
    expect(kind).toBe('damaged')
    expect(message).toContain(file())
    expect(message).toContain('backup')
    expect(forCallers).not.toContain(file())
    expect(await readFile(file(), 'utf8')).toBe(rubbish)
  })

  it('that was cut short is named too', async () => {
    await (await openStore(state.dir)).close()
    await truncate(file(), 8192)
    expect((await problem()).kind).toBe('damaged')
  })

  it('whose pages were overwritten is named when they are read', async () => {
    await (await openStore(state.dir)).close()
    const bytes = await readFile(file())
    await writeFile(file(), bytes.fill(0x55, 4096))
    expect((await problem()).kind).toBe('damaged')
  })
})

describe('a file that cannot be used', () => {
  it('because it is a folder, or in no folder, fails with the path', async () => {
    await expect(openStore(join(state.dir, 'missing'))).rejects.toThrow('missing')
  })

  it('because another program holds it is named as locked', async () => {
    await (await openStore(state.dir)).close()
    const other = new DatabaseSync(file())
    other.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    expect((await problem()).kind).toBe('busy')
    other.close()
  })

  it('because a newer version made it is refused and not changed', async () => {
    await (await openStore(state.dir)).close()
    const newer = new DatabaseSync(file())
    newer.exec("INSERT INTO schema_migrations VALUES ('9999-later', 'x', 1)")
    newer.close()
    const { kind, message } = await problem()
    expect(kind).toBe('newer')
    expect(message).toContain('newer version')
  })

  it('because a migration differs from ours is refused, naming it', async () => {
    await (await openStore(state.dir)).close()
    const other = new DatabaseSync(file())
    other.exec("UPDATE schema_migrations SET digest = 'other'")
    other.close()
    expect((await problem()).message).toContain('0001-conversations')
  })
})

describe('an error from below', () => {
  it.each([
    [{ errcode: 13 }, 'full'],
    [{ errcode: 10 | (19 << 8) }, 'full'],
    [{ errcode: 8 | (6 << 8) }, 'denied'],
    [{ errcode: 10 | (3 << 8) }, 'unusable'],
    [{ code: 'ENOSPC' }, 'full'],
    [{ code: 'EACCES' }, 'denied'],
    [{ code: 'EIO' }, 'unusable'],
  ])('%j is explained as %s', (marks, kind) => {
    const explained = explainStoreError('/state/store.sqlite', Object.assign(new Error(), marks))
    expect(explained).toMatchObject({ name: 'StoreProblem', kind })
  })

  it('that is a bug stays as it is', () => {
    const bug = new TypeError('bug')
    expect(explainStoreError('/x', bug)).toBe(bug)
    expect(explainStoreError('/x', 'text')).toBe('text')
  })
})
