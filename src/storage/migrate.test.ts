/** Migrations: the files and what is bundled are the same, and one that fails leaves nothing behind. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import { expect, it } from 'vitest'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import type { Tables } from './schema.ts'
import { sqliteDatabase } from './sqlite-database.ts'

const FOLDER = join(import.meta.dirname, '../../migrations')
const clock = () => 1

function emptyDatabase() {
  const database = new DatabaseSync(':memory:')
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: sqliteDatabase(database) }),
  })
  const tables = () =>
    database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .all()
      .map((row) => row['name'])
  return { db, tables }
}

it('the bundled text is the text of the files, in their order', async () => {
  const names = (await readdir(FOLDER)).sort()
  const files = await Promise.all(
    names.map(async (name) => ({
      name: name.replace(/\.sql$/, ''),
      sql: await readFile(join(FOLDER, name), 'utf8'),
    })),
  )
  expect(MIGRATIONS).toEqual(files)
})

it('makes every table once, however often it runs', async () => {
  const { db, tables } = emptyDatabase()
  await migrate({ db, path: 'x', clock })
  await migrate({ db, path: 'x', clock })
  expect(tables()).toEqual([
    'conversations',
    'devices',
    'inbox',
    'last_uses',
    'memory',
    'messages',
    'meta',
    'outbox',
    'pairing_requests',
    'schema_migrations',
    'sender_invitations',
    'sender_requests',
    'senders',
    'setup_codes',
  ])
})

it('that fails in the middle leaves nothing of it, and the ones before it stay', async () => {
  const { db, tables } = emptyDatabase()
  const good = { name: '0001-good', sql: 'CREATE TABLE good (id INTEGER);\n' }
  const bad = { name: '0002-bad', sql: 'CREATE TABLE half (id INTEGER);\nNONSENSE;\n' }
  await expect(migrate({ db, path: 'x', clock, migrations: [good, bad] })).rejects.toThrow(
    'NONSENSE',
  )
  expect(tables()).toEqual(['good', 'schema_migrations'])

  const fixed = { ...bad, sql: 'CREATE TABLE half (id INTEGER);\n' }
  await migrate({ db, path: 'x', clock, migrations: [good, fixed] })
  expect(tables()).toEqual(['good', 'half', 'schema_migrations'])
})
