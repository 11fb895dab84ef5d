/** The lock files: empty, or they cannot be locked. What is in them now was never ours. */
import { foundPlaces, shortName } from './known-places.ts'
import type { Fault, Place, Step } from './types.ts'

export const lockFiles: Step = {
  name: 'locks',
  async examine(place) {
    const found = await foundPlaces(place)
    return found
      .filter(
        ({ path, form, target }) => form === 'file' && path.endsWith('.lock') && target?.size !== 0,
      )
      .map(({ path }) => notEmpty(place, path))
  },
}

/** Nobody holds it: a gateway on this state dir would have answered before any step is taken. */
function notEmpty(place: Place, path: string): Fault {
  return {
    kind: 'repairable',
    what: `${shortName(place, path)} is not empty, and cannot be locked`,
    remedy: 'moved aside',
    next: null,
    async repair() {
      await place.aside.move(path)
      return null
    },
  }
}
