/** The state dir: where the gateway keeps everything it knows, for its owner's eyes only. */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  statSync,
  type Stats,
} from 'node:fs'
import { dirname } from 'node:path'
import { codeOf, messageOf } from '../core/errors.ts'
import { isPrivateGroup } from './permissions.ts'

export type StateDir =
  | { readonly kind: 'ready'; readonly path: string; readonly warnings: readonly string[] }
  /** `message` says what is wrong, where, and what to do. */
  | { readonly kind: 'refused'; readonly path: string; readonly message: string }

/** Creates it, 0700, where it is missing, and then checks it. `uid`: of this process; `null` where there are none. */
export function prepareStateDir(path: string, uid: number | null): StateDir {
  try {
    makeFolders(path)
  } catch (error) {
    const why = codeOf(error) === 'EEXIST' ? 'it is a file, not a folder' : reasonOf(error)
    return refused(
      path,
      `cannot be created: ${why}. Set OPENCLAW_STATE_DIR to a folder of your own.`,
    )
  }
  try {
    return judge(path, statSync(path), uid)
  } catch (error) {
    return refused(path, `cannot be read: ${reasonOf(error)}.`)
  }
}

/**
 * S1's `chmod -R 600` takes a folder from its own owner: we give it back. Answers what was done, or `null`.
 * `uid`: of this process; `null` where there are none.
 */
export function reopenFolder(path: string, uid: number | null): string | null {
  try {
    const stats = lstatSync(path)
    if (!stats.isDirectory() || stats.uid !== uid || (stats.mode & 0o700) === 0o700) return null
    chmodSync(path, 0o700)
    return `${path} had mode ${octal(stats.mode & 0o777)}, in which its owner cannot open what is in it: now 0700`
  } catch {
    return null
  }
}

/** One folder after the other: where a parent refuses to hold any (`/proc`), Node's recursive form never returns. */
function makeFolders(path: string): void {
  if (existsSync(path)) return
  const parent = dirname(path)
  if (parent !== path) makeFolders(parent)
  mkdirSync(path, { mode: 0o700 })
}

function judge(path: string, stats: Stats, uid: number | null): StateDir {
  if (!stats.isDirectory())
    return refused(path, 'is a file, not a folder. Set OPENCLAW_STATE_DIR to a folder.')
  if (uid !== null && stats.uid !== uid) {
    return refused(
      path,
      `belongs to uid ${stats.uid}, and the gateway runs as uid ${uid}. Run it as the owner, or \`chown -R ${uid} ${path}\`.`,
    )
  }
  const mode = stats.mode & 0o777
  if (uid !== null && writableByOthers(stats)) {
    return refused(
      path,
      `can be written by others (mode ${octal(mode)}). Run \`chmod 700 ${path}\`.`,
    )
  }
  const obstacle = unusable(path)
  if (obstacle !== null) return refused(path, `cannot be written: ${obstacle}.`)

  const open = uid !== null && (mode & 0o077) !== 0
  const warning = `the state dir ${path} can be read by others (mode ${octal(mode)}): run \`chmod 700 ${path}\``
  return { kind: 'ready', path, warnings: open ? [warning] : [] }
}

function writableByOthers({ mode, uid, gid }: Stats): boolean {
  return (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && !isPrivateGroup({ uid, gid }))
}

function unusable(path: string): string | null {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return null
  } catch (error) {
    return reasonOf(error)
  }
}

function refused(path: string, what: string): StateDir {
  return { kind: 'refused', path, message: `the state dir ${path} ${what}` }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOTDIR':
      return 'a part of the path is a file'
    case 'ENOSPC':
      return 'the disk is full'
    default:
      return messageOf(error)
  }
}
