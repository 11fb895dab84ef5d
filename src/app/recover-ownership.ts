/** Who may run `openclaw recover`: the owner of the state dir, and root, who becomes the owner (decision 010). */
import { lstatSync, statSync, type Stats } from 'node:fs'
import { basename, join } from 'node:path'
import type { RecoverOptions } from '../cli/parts.ts'
import type { Io } from '../cli/types.ts'
import { systemClock } from '../core/clock.ts'
import { becomeOwner, giveBack } from '../host/become-owner.ts'
import { ASIDE_FOLDER } from '../recover/aside.ts'
import { foundPlaces } from '../recover/known-places.ts'
import { keepNote, RECOVERER } from '../recover/notes.ts'
import type { Told } from '../recover/types.ts'
import { placeFor } from './recover-place.ts'

/** What a run was asked for, and whom it tells. */
export interface Asked {
  readonly options: RecoverOptions
  readonly io: Io
  readonly tell: (told: Told) => void
}

/** Only the owner of the state dir, and root, who becomes the owner. In words why not; `null` when all is well. */
export async function takeOwnership(stateDir: string, asked: Asked): Promise<string | null> {
  const uid = process.getuid?.() ?? null
  const entry = statsOf(stateDir, lstatSync)
  const owner = statsOf(stateDir, statSync) ?? entry
  // Nothing is there, or nothing can be: the first step says which.
  if (uid === null || entry === null || owner === null) return null
  // Somebody's link to root's folder must not make root tidy up there.
  if (entry.uid !== owner.uid && entry.uid !== 0)
    return `${stateDir} is a link of uid ${entry.uid} to what belongs to uid ${owner.uid}: name the folder itself`
  if (owner.uid === uid) return null
  if (uid !== 0)
    return `${stateDir} belongs to uid ${owner.uid}, and this is uid ${uid}: only its owner, or root, may recover it`
  const { options, io, tell } = asked
  const place = placeFor(stateDir, io, systemClock())
  const known = (await foundPlaces(place)).map(({ path }) => path)
  const paths = [...known, join(stateDir, ASIDE_FOLDER)]
  const given = options.dryRun ? [] : giveBack(paths, { stateDir, owner })
  becomeOwner(owner)
  if (given.length === 0) return null
  const what = `${given.map((path) => basename(path)).join(', ')} belonged to root`
  const remedy = `given back to uid ${owner.uid}`
  const note = { at: systemClock(), event: 'recover.owners', by: RECOVERER }
  await keepNote(stateDir, { ...note, facts: { what, remedy, user: uid } }).catch(() => {})
  tell({ kind: 'repaired', step: 'owners', what, remedy, aside: [], next: null })
  return null
}

/** In a folder that others may write, somebody else could answer. */
export function isOurs(path: string, uid: number): boolean {
  return statsOf(path, lstatSync)?.uid === uid
}

/** `null` where nothing can be seen. */
function statsOf(path: string, look: (path: string) => Stats): Stats | null {
  try {
    return look(path)
  } catch {
    return null
  }
}
