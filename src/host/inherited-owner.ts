/** Whom a file that root makes should belong to. `sudo openclaw …` on somebody's state dir would leave files there that their owner cannot read. */
import { lstatSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/**
 * The owner of what stands at `path`, of a link itself and not of what it leads to; else of the nearest folder that is there; `null` where nothing is to be
 * given away: we are not root, or it is root's.
 */
export function inheritedOwner(path: string): Owner | null {
  if (process.geteuid?.() !== 0) return null
  const owner = lstatSync(path, { throwIfNoEntry: false }) ?? ownerOf(dirname(path))
  return owner === null || owner.uid === 0 ? null : owner
}

function ownerOf(path: string): Owner | null {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats !== undefined) return stats
  const folder = dirname(path)
  return folder === path ? null : ownerOf(folder)
}
