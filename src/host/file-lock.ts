/** One at a time: a lock that the kernel gives back when its holder ends, however it ends. */
import { closeSync, existsSync, fchownSync, openSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { codeOf, messageOf } from '../core/errors.ts'
import { inheritedOwner } from './inherited-owner.ts'
import { writeFault } from './replace-file.ts'

export interface HeldLock {
  readonly kind: 'held'
  isHeld(): boolean
  /** A second time does nothing. */
  release(): void
}

export type Lock = HeldLock | { readonly kind: 'failed'; readonly why: string }

const RETRY_MS = 20
const SQLITE_BUSY = 5

/** Waits up to `waitMs` for whoever holds it. */
export async function lockFile(path: string, waitMs: number): Promise<Lock> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const attempt = tryLock(path, 0)
    if (attempt.kind !== 'busy') return attempt
    if (performance.now() >= deadline) {
      const why = `another process holds ${path}; nothing was changed, try again`
      return { kind: 'failed', why }
    }
    await setTimeout(RETRY_MS)
  }
}

/**
 * Node has no `flock`; SQLite's lock on an empty database file is one. It is a record lock of the kernel,
 * so there is no stale lock to judge after `kill -9`, the kernel grants it to one of two at once, and it
 * holds between containers that share a folder, where process ids mean nothing. Child processes do not
 * inherit it. Nothing is ever written to the file.
 *
 * Nothing else may open the file: POSIX drops a lock when its process closes any handle to it.
 *
 * Blocks for up to `blockMs`.
 */
export function tryLock(path: string, blockMs: number): Lock | { readonly kind: 'busy' } {
  const made = makeEmpty(path)
  if (made !== null) return { kind: 'failed', why: made }
  try {
    return held(openLocked(path, blockMs))
  } catch (error) {
    return isBusy(error) ? { kind: 'busy' } : { kind: 'failed', why: cannotLock(path, error) }
  }
}

/** Whether somebody holds the lock now. The file is there; nothing is created. */
export function probeLock(
  path: string,
): { readonly kind: 'free' | 'busy' } | { readonly kind: 'failed'; readonly why: string } {
  try {
    if (!statSync(path).isFile()) return { kind: 'failed', why: `${path} is no file: delete it` }
    const database = new DatabaseSync(path, { readOnly: true, timeout: 0 })
    try {
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
    } finally {
      database.close()
    }
    return { kind: 'free' }
  } catch (error) {
    return isBusy(error) ? { kind: 'busy' } : { kind: 'failed', why: cannotLock(path, error) }
  }
}

/** SQLite would create it readable by all. Never opened when it is there: see the warning above. */
function makeEmpty(path: string): string | null {
  if (existsSync(path)) return null
  try {
    const owner = inheritedOwner(path)
    const file = openSync(path, 'wx', 0o600)
    if (owner !== null) fchownSync(file, owner.uid, owner.gid)
    closeSync(file)
    return null
  } catch (error) {
    return codeOf(error) === 'EEXIST' ? null : writeFault(path, error)
  }
}

function openLocked(path: string, blockMs: number): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: blockMs })
  try {
    // Without a journal on the disk a full one can still be locked.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function held(database: DatabaseSync): HeldLock {
  return {
    kind: 'held',
    isHeld: () => database.isOpen,
    release: () => {
      if (database.isOpen) database.close()
    },
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === SQLITE_BUSY
}

function cannotLock(path: string, error: unknown): string {
  return `${path} cannot be locked: ${messageOf(error)}. Is it on a disk of this machine, and yours? If it is not an empty file, delete it`
}
