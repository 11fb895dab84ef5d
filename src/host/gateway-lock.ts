/**
 * One gateway per state dir, whatever way the last one ended.
 *
 * The lock is an exclusive SQLite transaction on `gateway.lock`, that is, the kernel's own lock on that
 * file: it vanishes with the process, so `kill -9` leaves nothing to clean up; the kernel grants it to one
 * of two at once; and it holds across containers that share the folder, where process ids mean nothing.
 * A file with a process id has none of the three. Child processes do not inherit it.
 *
 * Nothing else may open `gateway.lock`: POSIX drops a lock when its process closes any handle to the file.
 * What others may read of the running gateway stands in `gateway.json`.
 */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { replaceFile, type Written } from './replace-file.ts'
import { readInfo, type GatewayInfo } from './gateway-info.ts'

export type { GatewayInfo } from './gateway-info.ts'

export type GatewayLock =
  | {
      readonly kind: 'held'
      /** Tells others where this gateway is. The lock holds whether or not that can be written. */
      readonly update: (info: GatewayInfo) => Promise<Written>
      readonly release: () => void
    }
  /** What the other gateway says of itself; `null` while it has not said anything yet. */
  | { readonly kind: 'taken'; readonly info: GatewayInfo | null }
  /** The file system cannot lock, or the file cannot be opened. */
  | { readonly kind: 'impossible'; readonly message: string }

export type GatewayState =
  | { readonly kind: 'running'; readonly info: GatewayInfo | null }
  /** `last`: what a gateway that was killed left behind. */
  | { readonly kind: 'stopped'; readonly last: GatewayInfo | null }
  | { readonly kind: 'unknown'; readonly message: string }

/** Somebody who asks with {@link readGatewayInfo} holds the file for microseconds: a start waits that out. */
const WAIT_MS = 300
const SQLITE_BUSY = 5

/** `stateDir` exists. Blocks for up to 0.3 s. */
export function acquireGatewayLock(stateDir: string): GatewayLock {
  const path = lockFile(stateDir)
  try {
    createPrivately(path)
    const lock = new DatabaseSync(path, { timeout: WAIT_MS })
    try {
      // Nothing is ever written, so a journal on the disk would only be litter.
      lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    } catch (error) {
      lock.close()
      throw error
    }
    return held(stateDir, lock)
  } catch (error) {
    if (isBusy(error)) return { kind: 'taken', info: readInfo(infoFile(stateDir)) }
    return { kind: 'impossible', message: cannotLock(path, error) }
  }
}

/** Whether a gateway runs on this state dir, and where. Creates nothing. */
export function readGatewayInfo(stateDir: string): GatewayState {
  const path = lockFile(stateDir)
  const info = readInfo(infoFile(stateDir))
  if (!existsSync(path)) return { kind: 'stopped', last: info }
  try {
    const lock = new DatabaseSync(path, { readOnly: true, timeout: 0 })
    try {
      lock.prepare('SELECT count(*) FROM sqlite_schema').get()
    } finally {
      lock.close()
    }
    return { kind: 'stopped', last: info }
  } catch (error) {
    return isBusy(error)
      ? { kind: 'running', info }
      : { kind: 'unknown', message: cannotLock(path, error) }
  }
}

function held(stateDir: string, lock: DatabaseSync): GatewayLock {
  const path = infoFile(stateDir)
  // Whatever stands there was written by a gateway that is gone.
  rmSync(path, { force: true })
  return {
    kind: 'held',
    update: async (info) => {
      const written = await replaceFile(path, `${JSON.stringify(info)}\n`)
      if (!lock.isOpen) rmSync(path, { force: true })
      return written
    },
    release: () => {
      if (!lock.isOpen) return
      rmSync(path, { force: true })
      lock.close()
    },
  }
}

/** SQLite would create it readable by all. Never opened when it is there: see the warning above. */
function createPrivately(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}

function lockFile(stateDir: string): string {
  return join(stateDir, 'gateway.lock')
}

function infoFile(stateDir: string): string {
  return join(stateDir, 'gateway.json')
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === SQLITE_BUSY
}

function cannotLock(path: string, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error)
  return `${path} cannot be locked: ${why}. Is the state dir on a disk of this machine, and does it belong to you?`
}
