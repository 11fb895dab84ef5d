/** Root on somebody's state dir: gives stray files back to their owner, then becomes the owner for good. */
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { sep } from 'node:path'
import type { Owner } from './inherited-owner.ts'

/**
 * Those of `paths` that are root's, which a command run with `sudo` left, change hands; answers which.
 *
 * The owner may put there what he likes while we look, so what is given away is what a descriptor holds, and only when
 * it lies in the state dir itself and has no other name: a link to root's files elsewhere is never followed.
 */
export function giveBack(
  paths: readonly string[],
  { stateDir, owner }: { readonly stateDir: string; readonly owner: Owner },
): readonly string[] {
  if (process.platform !== 'linux') return []
  const root = realpathSync(stateDir)
  return paths.filter((path) => giveOne(path, root, owner))
}

/** There is no way back. */
export function becomeOwner({ uid, gid }: Owner): void {
  if (!process.setgroups || !process.setgid || !process.setuid) return
  process.setgroups([gid])
  process.setgid(gid)
  process.setuid(uid)
}

/** Root, before it changes a state dir: it would leave files that their owner cannot use, and change what the owner may not. */
export function standInForOwner(stateDir: string): void {
  if (process.getuid?.() !== 0) return
  const owner = statSync(stateDir, { throwIfNoEntry: false })
  if (owner !== undefined && owner.uid !== 0) becomeOwner(owner)
}

function giveOne(path: string, root: string, owner: Owner): boolean {
  const file = opened(path)
  if (file === null) return false
  try {
    const stats = fstatSync(file)
    const inside = readlinkSync(`/proc/self/fd/${file}`).startsWith(root + sep)
    const plain = stats.isDirectory() || (stats.isFile() && stats.nlink === 1)
    if (!inside || !plain || stats.uid !== 0) return false
    fchownSync(file, owner.uid, owner.gid)
    return true
  } catch {
    // A read-only mount, say: whether the owner can do without is found out later.
    return false
  } finally {
    closeSync(file)
  }
}

function opened(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return null
  }
}
