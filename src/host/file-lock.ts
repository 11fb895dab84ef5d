/** One at a time: a lock that the kernel gives back when its holder ends, however it ends. */
import { open } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { codeOf } from './permissions.ts'
import { writeFault } from './replace-file.ts'

export type Lock =
  | { readonly kind: 'held'; readonly release: () => void }
  | { readonly kind: 'failed'; readonly why: string }

const RETRY_MS = 20

/**
 * Node has no `flock`; SQLite's lock on an empty database file is one. It is a record lock of the kernel,
 * so there is no stale lock to judge after `kill -9`, and it holds between containers that share a folder.
 * Nothing is ever written to the file.
 */
export async function lockFile(path: string, waitMs: number): Promise<Lock> {
  const deadline = performance.now() + waitMs
  const made = await makeEmpty(path)
  if (made !== null) return { kind: 'failed', why: made }
  for (;;) {
    const attempt = tryLock(path)
    if (attempt.kind !== 'busy') return attempt
    if (performance.now() >= deadline) {
      return {
        kind: 'failed',
        why: `another process holds ${path}; nothing was changed, try again`,
      }
    }
    await setTimeout(RETRY_MS)
  }
}

/** Only where it is missing: closing any other handle of the file would drop this process's locks on it. */
async function makeEmpty(path: string): Promise<string | null> {
  if (existsSync(path)) return null
  try {
    const file = await open(path, 'wx', 0o600)
    await file.close()
    return null
  } catch (error) {
    return codeOf(error) === 'EEXIST' ? null : writeFault(path, error)
  }
}

function tryLock(path: string): Lock | { readonly kind: 'busy' } {
  const database = openDatabase(path)
  if (database === null) return { kind: 'failed', why: `${path} is no lock file; delete it` }
  try {
    // Without a journal on the disk a full one can still be locked.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return { kind: 'held', release: () => database.close() }
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return { kind: 'busy' }
    return { kind: 'failed', why: `${path} cannot be locked; delete it if it is not empty` }
  }
}

function openDatabase(path: string): DatabaseSync | null {
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch {
    return null
  }
}
