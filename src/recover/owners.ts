/** Files in the state dir that belong to somebody else: what a stranger wrote is never adopted, what root left is taken over where it can be read. */
import { access, constants, copyFile, rename } from 'node:fs/promises'
import { syncFolder } from '../host/replace-file.ts'
import { foundPlaces, isSettings, shortName, type Found } from './known-places.ts'
import type { Fault, Place, Step } from './types.ts'

export const owners: Step = {
  name: 'owners',
  async examine(place) {
    const { uid } = place
    if (uid === null) return []
    const foreign = (await foundPlaces(place)).filter(
      ({ path, form, entry }) => form !== 'socket' && !isSettings(path) && entry.uid !== uid,
    )
    const judged = await Promise.all(foreign.map((one) => judge(place, one)))
    return judged.flat()
  },
}

async function judge(place: Place, found: Found): Promise<readonly Fault[]> {
  const { path, form, entry } = found
  const ofRoot = entry.uid === 0
  const readable = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
  const what = `${shortName(place, path)} belongs to ${ofRoot ? 'root' : `another user (uid ${entry.uid})`}`
  // A mounted secret is root's and only read; a link of root's too.
  if (ofRoot && readable && (entry.isSymbolicLink() || isOnlyRead(path))) return []
  if (ofRoot && readable && form === 'file') return [takenOver(place, path, what)]
  return [movedAside(place, path, { what, ofRoot })]
}

function isOnlyRead(path: string): boolean {
  return /(fingerprint\.key|api_keys\.json)$/.test(path)
}

function takenOver(place: Place, path: string, what: string): Fault {
  return {
    kind: 'repairable',
    what,
    remedy: 'copied into a file of your own, the original moved aside',
    next: null,
    async repair() {
      const copy = `${path}.own`
      await copyFile(path, copy, constants.COPYFILE_FICLONE)
      await place.aside.move(path)
      await rename(copy, path)
      await syncFolder(place.stateDir)
      return null
    },
  }
}

function movedAside(
  place: Place,
  path: string,
  { what, ofRoot }: { readonly what: string; readonly ofRoot: boolean },
): Fault {
  return {
    kind: 'repairable',
    what,
    remedy: 'moved aside: it cannot be used',
    next: ofRoot
      ? `To have it back: as root, give it to uid ${place.uid} and move it to where it was`
      : 'Find out who could write into the state dir',
    async repair() {
      await place.aside.move(path)
      return null
    },
  }
}
