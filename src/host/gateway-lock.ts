/**
 * One gateway per state dir, whatever way the last one ended: the kernel's lock on `gateway.lock`, which
 * vanishes with the process. What others may read of the running gateway stands in `gateway.json`.
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { unreachable } from '../core/never.ts'
import { probeLock, tryLock, type HeldLock } from './file-lock.ts'
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

/** `stateDir` exists. Blocks for up to 0.3 s. */
export function acquireGatewayLock(stateDir: string): GatewayLock {
  const lock = tryLock(lockPath(stateDir), WAIT_MS)
  switch (lock.kind) {
    case 'held':
      return held(infoPath(stateDir), lock)
    case 'busy':
      return { kind: 'taken', info: readInfo(infoPath(stateDir)) }
    case 'failed':
      return { kind: 'impossible', message: lock.why }
    default:
      return unreachable(lock)
  }
}

/** Whether a gateway runs on this state dir, and where. Creates nothing. */
export function readGatewayInfo(stateDir: string): GatewayState {
  const info = readInfo(infoPath(stateDir))
  if (!existsSync(lockPath(stateDir))) return { kind: 'stopped', last: info }
  const lock = probeLock(lockPath(stateDir))
  switch (lock.kind) {
    case 'free':
      return { kind: 'stopped', last: info }
    case 'busy':
      return { kind: 'running', info }
    case 'failed':
      return { kind: 'unknown', message: lock.why }
    default:
      return unreachable(lock)
  }
}

function held(path: string, lock: HeldLock): GatewayLock {
  // Whatever stands there was written by a gateway that is gone.
  rmSync(path, { force: true })
  return {
    kind: 'held',
    update: async (info) => {
      const written = await replaceFile(path, `${JSON.stringify(info)}\n`)
      if (!lock.isHeld()) rmSync(path, { force: true })
      return written
    },
    release: () => {
      if (!lock.isHeld()) return
      rmSync(path, { force: true })
      lock.release()
    },
  }
}

function lockPath(stateDir: string): string {
  return join(stateDir, 'gateway.lock')
}

function infoPath(stateDir: string): string {
  return join(stateDir, 'gateway.json')
}
