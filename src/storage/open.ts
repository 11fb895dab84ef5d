/** Opens `store.sqlite` of the state dir: conversations, memories and what the gateway remembers of itself. */
import { chmod, open, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely, SqliteDialect, type Transaction } from 'kysely'
import { codeOf } from '../core/errors.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { syncFolder } from '../host/replace-file.ts'
import { migrate } from './migrate.ts'
import type { Tables } from './schema.ts'
import { sqliteDatabase } from './sqlite-database.ts'
import { explainStoreError, storeProblem } from './store-problem.ts'
import { SyncBatch } from './sync-batch.ts'

/** The event loop waits meanwhile, so a foreign lock gets a moment, not longer. */
const LOCK_WAIT_MS = 200

export interface Store {
  readonly path: string
  /** Rejects with `StoreProblem` when the file is at fault. */
  read<T>(query: (db: Kysely<Tables>) => Promise<T>): Promise<T>
  /** All of it or nothing; resolves when it is on disk. Rejects with `StoreProblem` when it is not. */
  write<T>(change: (db: Transaction<Tables>) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** `stateDir` exists and is 0700. Rejects with `StoreProblem` naming the file and what to do. */
export async function openStore(stateDir: string, clock: Clock = systemClock): Promise<Store> {
  const path = join(stateDir, 'store.sqlite')
  try {
    return await openFile(path, clock)
  } catch (error) {
    throw explainStoreError(path, error)
  }
}

async function openFile(path: string, clock: Clock): Promise<Store> {
  await makePrivate(path)
  const database = openDatabase(path)
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: sqliteDatabase(database) }),
  })
  try {
    await migrate({ db, path, clock })
    const log = await open(`${path}-wal`, 'r')
    await syncFolder(dirname(path))
    return new SqliteStore({ path, db, database, log })
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLite gives its -wal and -shm files the permissions of the database. */
async function makePrivate(path: string): Promise<void> {
  const file = await open(path, 'a', 0o600)
  try {
    await file.chmod(0o600)
  } finally {
    await file.close()
  }
  for (const name of [`${path}-wal`, `${path}-shm`]) await chmod(name, 0o600).catch(ignoreAbsent)
}

function ignoreAbsent(error: unknown): void {
  if (codeOf(error) === 'ENOENT') return
  throw error
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS })
  try {
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode']
    if (mode !== 'wal') throw storeProblem(path, 'unusable')
    database.exec('PRAGMA synchronous = NORMAL')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

interface Opened {
  readonly path: string
  readonly db: Kysely<Tables>
  readonly database: DatabaseSync
  /** The write-ahead log. SQLite keeps this very file while a connection is open. */
  readonly log: FileHandle
}

/**
 * SQLite writes the log without syncing it (`synchronous = NORMAL`), and the sync that makes a commit
 * durable runs in the thread pool, shared by all commits that wait for one.
 */
class SqliteStore implements Store {
  readonly path: string
  readonly #opened: Opened
  readonly #sync: SyncBatch

  constructor(opened: Opened) {
    this.path = opened.path
    this.#opened = opened
    this.#sync = new SyncBatch(() => opened.log.datasync())
  }

  async read<T>(query: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    try {
      return await query(this.#opened.db)
    } catch (error) {
      throw explainStoreError(this.path, error)
    }
  }

  async write<T>(change: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    if (this.#sync.failed) throw storeProblem(this.path, 'unusable')
    try {
      const result = await this.#opened.db.transaction().execute(change)
      await this.#sync.settled()
      return result
    } catch (error) {
      throw explainStoreError(this.path, error)
    }
  }

  /** What was acknowledged is on disk already; the checkpoint only makes the next start quicker. */
  async close(): Promise<void> {
    await this.#opened.log.close()
    this.#opened.database.close()
  }
}
