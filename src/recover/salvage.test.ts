/** What is taken out of a database with a hole in it: everything on both sides of the hole. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openStore } from '../storage/open.ts'
import { salvage, salvagedPath } from './salvage.ts'
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

/** The keys in the new database. */
async function salvaged(dir: string): Promise<ReadonlySet<string>> {
  const work = join(dir, 'work')
  mkdirSync(work)
  const kept = await salvage(dir, work)
  const database = new DatabaseSync(salvagedPath(dir), { readOnly: true })
  const rows = database.prepare('SELECT memory_key FROM memory').all()
  database.close()
  expect(kept.get('memory')).toBe(rows.length)
  return new Set(rows.map((row) => String(row['memory_key'])))
}
