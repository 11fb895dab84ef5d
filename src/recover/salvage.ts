/** Takes out of a damaged database whatever it still yields, row by row, into a new one. */
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { syncFolder } from '../host/replace-file.ts'
import { openStore } from '../storage/open.ts'
import { inCopy, STORE } from './store-copy.ts'

/** Parents before their children. Its list of migrations is the new one's own. */
const TABLES = [
  'conversations',
  'messages',
  'memory',
  'meta',
  'devices',
  'pairing_requests',
  'setup_codes',
  'senders',
  'sender_requests',
  'sender_invitations',
  'inbox',
  'outbox',
  'last_uses',
] as const

/**
 * Where a row lets somebody in, and what names it: of two that differ one may be older than a revocation, so what is left
 * of both is a row that cannot be read and lets nobody in.
 */
const KEYS_OF_ACCESS: Partial<Record<(typeof TABLES)[number], string>> = {
  devices: 'device_id',
  setup_codes: 'setup_id',
  senders: 'channel, account, sender_id',
  sender_invitations: 'invitation_id',
}

/** Rows by table. */
export type Kept = ReadonlyMap<string, number>

export function salvagedPath(stateDir: string): string {
  return join(stateDir, `${STORE}.recovered`)
}

/** `workFolder`: empty, in the state dir. When it resolves the new database is whole at {@link salvagedPath}. */
export async function salvage(stateDir: string, workFolder: string): Promise<Kept> {
  await (await openStore(workFolder)).close()
  const path = join(workFolder, STORE)
  const kept = await inCopy(stateDir, async (copy) => copyRows(join(copy, STORE), path))
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(path, salvagedPath(stateDir))
  await syncFolder(stateDir)
  return kept
}

function copyRows(from: string, to: string): Kept {
  const target = new DatabaseSync(to)
  try {
    const source = openDamaged(from)
    const kept = new Map(
      TABLES.map((table) => [table, source === null ? 0 : copyTable(table, source, target)]),
    )
    source?.close()
    // One file: what is renamed is all there is.
    target.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE')
    return kept
  } finally {
    target.close()
  }
}

function openDamaged(path: string): DatabaseSync | null {
  try {
    return new DatabaseSync(path)
  } catch {
    return null
  }
}

/** From both ends: a page that cannot be read lies between them. */
function copyTable(
  table: (typeof TABLES)[number],
  source: DatabaseSync,
  target: DatabaseSync,
): number {
  const shared = sharedColumns(table, source, target)
  if (shared.length === 0) return 0
  // With its number: the order of the rows says in which order they came.
  const columns = ['rowid', ...shared]
  const list = columns.join(', ')
  const marks = columns.map(() => '?').join(', ')
  const insert = target.prepare(
    `INSERT OR IGNORE INTO ${table} (${list}) VALUES (${marks}) ${ofTwo(table)}`,
  )
  target.exec('BEGIN')
  for (const order of ['ASC', 'DESC']) {
    const rows = attempt(() =>
      source.prepare(`SELECT ${list} FROM ${table} ORDER BY rowid ${order}`).iterate(),
    )
    for (const row of untilItBreaks(rows ?? [].values()))
      attempt(() => insert.run(...columns.map((name): SQLInputValue => row[name] ?? null)))
  }
  target.exec('COMMIT')
  return Number(target.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows'] ?? 0)
}

function ofTwo(table: (typeof TABLES)[number]): string {
  const key = KEYS_OF_ACCESS[table]
  return key === undefined
    ? ''
    : `ON CONFLICT (${key}) DO UPDATE SET document = '' WHERE document <> excluded.document`
}

function sharedColumns(
  table: string,
  source: DatabaseSync,
  target: DatabaseSync,
): readonly string[] {
  const names = (database: DatabaseSync): readonly string[] =>
    attempt(() => database.prepare(`PRAGMA table_info(${table})`).all())?.map((row) =>
      String(row['name']),
    ) ?? []
  const theirs = names(source)
  return names(target).filter((name) => theirs.includes(name))
}

function* untilItBreaks<Row>(rows: Iterator<Row>): Generator<Row> {
  for (;;) {
    const next = attempt(() => rows.next())
    if (next === null || next.done === true) return
    yield next.value
  }
}

/** Every row that is refused is one less, no reason to give up the others. */
function attempt<Result>(work: () => Result): Result | null {
  try {
    return work()
  } catch {
    return null
  }
}
