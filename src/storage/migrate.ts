/** Brings the store's tables up to date: each migration once, in order, whole or not at all. */
import { createHash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Clock } from '../core/clock.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'
import type { MigrationRow, Tables } from './schema.ts'
import { StoreProblem, storeProblem } from './store-problem.ts'

export interface MigrationRun {
  readonly db: Kysely<Tables>
  /** For the message. */
  readonly path: string
  readonly clock: Clock
  readonly migrations?: readonly Migration[]
}

/** A crash between two migrations leaves the first in force and the next to do. */
export async function migrate(run: MigrationRun): Promise<void> {
  const { db, path, clock, migrations = MIGRATIONS } = run
  await sql`CREATE TABLE IF NOT EXISTS schema_migrations (
    name TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL, applied_at BIGINT NOT NULL
  )`.execute(db)
  const applied = await db.selectFrom('schema_migrations').selectAll().orderBy('name').execute()

  for (const [index, row] of applied.entries()) refuseForeign(row, migrations[index], path)
  for (const migration of migrations.slice(applied.length)) await apply(db, migration, clock())
}

/** An applied migration that this version does not have, or has otherwise, means that its queries may not fit. */
function refuseForeign(row: MigrationRow, ours: Migration | undefined, path: string): void {
  if (ours === undefined) throw storeProblem(path, 'newer')
  if (ours.name === row.name && digestOf(ours) === row.digest) return
  throw new StoreProblem(
    'newer',
    `${path} was made by another version of the gateway: its migration "${row.name}" is not "${ours.name}" as this version has it. Run the version that made it`,
  )
}

/** Kysely's own migrator runs SQLite's statements outside a transaction; a kill between two would stay half done. */
async function apply(db: Kysely<Tables>, migration: Migration, at: number): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const statement of migration.sql.split(/;\s*\n/)) {
      if (statement.trim() !== '') await sql.raw(statement).execute(transaction)
    }
    const row = { name: migration.name, digest: digestOf(migration), applied_at: at }
    await transaction.insertInto('schema_migrations').values(row).execute()
  })
}

function digestOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex')
}
