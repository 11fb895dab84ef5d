/** Node's own SQLite as Kysely's dialect wants it: the few members of better-sqlite3 that it calls. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { SqliteDatabase, SqliteStatement } from 'kysely'

/** Our queries are a fixed list of texts; the bound only guards against one that is not. */
const MAX_PREPARED = 200

export function sqliteDatabase(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      if (sql === 'rollback') return rollback(database)
      const known = prepared.get(sql)
      if (known !== undefined) return known

      const statement = sqliteStatement(database.prepare(sql))
      if (prepared.size < MAX_PREPARED) prepared.set(sql, statement)
      return statement
    },
  }
}

function sqliteStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(bindable)),
    run: (parameters) => statement.run(...parameters.map(bindable)),
    iterate: (parameters) => statement.iterate(...parameters.map(bindable)),
  }
}

/** SQLite ends a transaction itself when the disk is full; a second rollback would hide why. */
function rollback(database: DatabaseSync): SqliteStatement {
  return {
    reader: false,
    all: () => [],
    iterate: () => [].values(),
    run() {
      if (database.isTransaction) database.exec('rollback')
      return { changes: 0, lastInsertRowid: 0 }
    },
  }
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'bigint' || value instanceof Uint8Array) return value
  throw new TypeError(`a ${typeof value} cannot be stored: give text, a number or null`)
}
