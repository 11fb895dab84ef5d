/** Lets one process at a time change a file, also when the last one was killed while it did. */
import { closeSync, existsSync, openSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'

const SQLITE_BUSY = 5
const RETRY_MS = 5
const WAIT_MS = 10_000

/**
 * Runs `change` while nobody else does for the same path; waits up to 10 s for whoever is at it.
 *
 * The lock is a SQLite transaction on `<path>.lock`, that is, the kernel's lock on that file: it ends
 * with its process. Nothing else may open that file: POSIX drops a lock when its process closes any handle to it.
 */
export async function whileLocked<Result>(
  path: string,
  change: () => Promise<Result>,
): Promise<Result> {
  const { DatabaseSync } = await import('node:sqlite')
  const lockPath = `${path}.lock`
  // SQLite would create it readable by all.
  if (!existsSync(lockPath)) closeSync(openSync(lockPath, 'a', 0o600))
  const lock = new DatabaseSync(lockPath, { timeout: 0 })
  try {
    await taken(() => lock.exec('BEGIN EXCLUSIVE'), path)
    return await change()
  } finally {
    lock.close()
  }
}

async function taken(take: () => void, path: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < WAIT_MS; waitedMs += RETRY_MS) {
    if (isFree(take)) return
    await after(RETRY_MS)
  }
  throw new Error(`${path} has been in use by another process for ${WAIT_MS / 1_000} s: try again`)
}

function isFree(take: () => void): boolean {
  try {
    take()
    return true
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) % 256 : 0
    if (code === SQLITE_BUSY) return false
    throw error
  }
}
