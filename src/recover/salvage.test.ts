/** What is taken out of a database with a hole in it: everything on both sides of the hole. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { approvalFor, TELEGRAM } from '../senders/desk.fixture.ts'
import type { SenderApproval } from '../senders/types.ts'
import { openStore } from '../storage/open.ts'
import { loadSenders } from '../storage/senders.ts'
import { salvage, salvagedPath, type Kept } from './salvage.ts'
import { emptyFolder } from './place.fixture.ts'

const ROWS = 400
const PAGE = 4096

test('a page of garbage in a table costs the rows on it, and no others', async () => {
  const dir = await filled()
  const path = join(dir, 'store.sqlite')
  const bytes = readFileSync(path)
  const middle = Math.floor(bytes.indexOf('memory-200-') / PAGE) * PAGE
  expect(middle).toBeGreaterThan(PAGE)
  writeFileSync(path, bytes.fill(0x5a, middle, middle + PAGE))
  const kept = await salvaged(dir)
  expect(kept.size).toBeLessThan(ROWS)
  expect(kept.size).toBeGreaterThan(ROWS - 40)
  for (const at of [0, ROWS - 1]) expect(kept.has(`k${at}`)).toBe(true)
})

test('changes that only the write-ahead log has are kept', async () => {
  const dir = await filled()
  const live = new DatabaseSync(join(dir, 'store.sqlite'))
  live.exec("INSERT INTO memory VALUES ('owner:owner', 'main', 'late', 'x', 1)")
  const kept = await salvaged(dir)
  live.close()
  expect(kept.has('late')).toBe(true)
  expect(kept.size).toBe(ROWS + 1)
})

test('out of what is no database comes an empty one', async () => {
  const dir = emptyFolder()
  writeFileSync(join(dir, 'store.sqlite'), 'garbage'.repeat(5000))
  expect((await salvaged(dir)).size).toBe(0)
})

test('every table that a new store has is taken over, each row in its place', async () => {
  const dir = emptyFolder()
  await (await openStore(dir)).close()
  const tables = inFile(join(dir, 'store.sqlite'), (database) => {
    const names = tablesOf(database)
    for (const table of names) insertInto(database, table)
    return names
  })
  expect(tables).toContain('senders')
  const before = inFile(join(dir, 'store.sqlite'), (database) => rowsOf(database, tables))
  const kept = await salvageOf(dir)
  const after = inFile(salvagedPath(dir), (database) => rowsOf(database, tables))
  for (const table of tables) {
    expect([table, before[table]?.length]).toEqual([table, 2])
    expect([table, after[table]]).toEqual([table, before[table]])
    expect([table, kept.get(table)]).toEqual([table, 2])
  }
})

test('messages that wait keep their order on both sides of a hole', async () => {
  const dir = await filled()
  const path = join(dir, 'store.sqlite')
  const bytes = readFileSync(path)
  const middle = Math.floor(bytes.indexOf('memory-200-') / PAGE) * PAGE
  writeFileSync(path, bytes.fill(0x5a, middle, middle + PAGE))
  await salvaged(dir)
  const keys = inFile(salvagedPath(dir), (database) =>
    database.prepare('SELECT memory_key FROM memory ORDER BY rowid').all(),
  ).map((row) => Number(String(row['memory_key']).slice(1)))
  expect(keys).toEqual(keys.toSorted((a, b) => a - b))
})

const ENDED = approvalFor('42', { ended: true, expiresAt: 1 })

test.each<[string, readonly SenderApproval[], boolean]>([
  ['and says that it is over', [approvalFor('42'), ENDED], false],
  ['and said so earlier', [ENDED, approvalFor('42')], false],
  ['and says the same', [approvalFor('42'), approvalFor('42')], true],
])('a sender who is there twice %s: no approval that ended comes back', async (_, rows, stands) => {
  const dir = emptyFolder()
  await (await openStore(dir)).close()
  inFile(join(dir, 'store.sqlite'), (database) => {
    database.exec('DROP TABLE senders')
    database.exec('CREATE TABLE senders (channel, account, sender_id, document)')
    const insert = database.prepare('INSERT INTO senders VALUES (?, ?, ?, ?)')
    for (const row of [approvalFor('1'), ...rows])
      insert.run(row.channel, row.account, row.id, JSON.stringify(row))
  })
  const { state, unreadable } = await sendersOf(dir)
  expect(state.approvals).toEqual(
    stands ? [approvalFor('1'), approvalFor('42')] : [approvalFor('1')],
  )
  expect(unreadable.senders).toEqual(stands ? [] : [{ ...TELEGRAM, id: '42' }])
})

test('a sender whose row is damaged lets nobody in afterwards, either', async () => {
  const dir = emptyFolder()
  await (await openStore(dir)).close()
  inFile(join(dir, 'store.sqlite'), (database) =>
    database.exec(`INSERT INTO senders VALUES ('telegram', 'default', '42', '{"channel":')`),
  )
  const { state, unreadable } = await sendersOf(dir)
  expect(state.approvals).toEqual([])
  expect(unreadable.senders).toEqual([{ ...TELEGRAM, id: '42' }])
})

/** As the next start of the gateway finds them. */
async function sendersOf(dir: string) {
  await salvageOf(dir)
  const next = emptyFolder()
  renameSync(salvagedPath(dir), join(next, 'store.sqlite'))
  const store = await openStore(next)
  try {
    return await loadSenders(store)
  } finally {
    await store.close()
  }
}

function inFile<Result>(path: string, use: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(path)
  try {
    return use(database)
  } finally {
    database.close()
  }
}

/** In the order in which they were made: parents before their children. */
function tablesOf(database: DatabaseSync): readonly string[] {
  return database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    .all()
    .map((row) => String(row['name']))
    .filter((name) => name !== 'schema_migrations' && !name.startsWith('sqlite_'))
}

/** Two rows with a number left out between them. */
function insertInto(database: DatabaseSync, table: string): void {
  const columns = database.prepare(`PRAGMA table_info(${table})`).all()
  const marks = columns.map(() => '?').join(', ')
  const names = columns.map((row) => String(row['name'])).join(', ')
  for (const number of [7, 9])
    database
      .prepare(`INSERT INTO ${table} (rowid, ${names}) VALUES (${number}, ${marks})`)
      .run(...columns.map((row) => (row['type'] === 'TEXT' ? `x${number}` : number)))
}

function rowsOf(
  database: DatabaseSync,
  tables: readonly string[],
): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    tables.map((table) => [
      table,
      database.prepare(`SELECT rowid AS place, * FROM ${table} ORDER BY rowid`).all(),
    ]),
  )
}

async function filled(): Promise<string> {
  const dir = emptyFolder()
  const store = await openStore(dir)
  await store.write(async (db) => {
    for (let at = 0; at < ROWS; at += 1) {
      const value = `memory-${at}-${'x'.repeat(300)}`
      const row = { owner: 'owner:owner', agent_id: 'main', memory_key: `k${at}`, value }
      await db
        .insertInto('memory')
        .values({ ...row, created_at: 1 })
        .execute()
    }
  })
  await store.close()
  return dir
}

async function salvageOf(dir: string): Promise<Kept> {
  const work = join(dir, 'work')
  mkdirSync(work)
  return salvage(dir, work)
}

/** The keys in the new database. */
async function salvaged(dir: string): Promise<ReadonlySet<string>> {
  const kept = await salvageOf(dir)
  const database = new DatabaseSync(salvagedPath(dir), { readOnly: true })
  const rows = database.prepare('SELECT memory_key FROM memory').all()
  database.close()
  expect(kept.get('memory')).toBe(rows.length)
  return new Set(rows.map((row) => String(row['memory_key'])))
}
