/** Root on somebody's state dir: first gives stray files back to their owner, then becomes the owner for good. */
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
} from 'node:fs'
import { join, sep } from 'node:path'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Deeper than anything of ours lies. */
const MOST_DEPTH = 4

/**
 * Files of root's among the owner's, which a command run with `sudo` left, change hands. Resolves to their paths.
 *
 * The owner may put there what he likes while we look, so what is given away is what a descriptor holds, and only when
 * it lies in the state dir itself and has no other name: a link to root's files elsewhere is never followed.
 */
export function giveBack(stateDir: string, owner: Owner): readonly string[] {
  const root = realpathSync(stateDir)
  return namesIn(root, MOST_DEPTH).filter((path) => giveOne(path, { root, owner }))
}

/** There is no way back. */
export function becomeOwner({ uid, gid }: Owner): void {
  if (!process.setgroups || !process.setgid || !process.setuid) return
  process.setgroups([gid])
  process.setgid(gid)
  process.setuid(uid)
}

function namesIn(folder: string, depth: number): readonly string[] {
  if (depth === 0) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return [path, ...namesIn(path, depth - 1)]
    return entry.isFile() ? [path] : []
  })
}

function giveOne(
  path: string,
  { root, owner }: { readonly root: string; readonly owner: Owner },
): boolean {
  // Closing a handle to a lock file drops the lock that this process may hold on it.
  if (path.endsWith('.lock')) return false
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(file)
    const inside = readlinkSync(`/proc/self/fd/${file}`).startsWith(root + sep)
    const plain = stats.isDirectory() || (stats.isFile() && stats.nlink === 1)
    if (!inside || !plain || stats.uid !== 0 || owner.uid === 0) return false
    fchownSync(file, owner.uid, owner.gid)
    return true
  } finally {
    closeSync(file)
  }
}
