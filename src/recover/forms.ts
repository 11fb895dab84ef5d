/** Folders where a file belongs, files where a folder belongs, links to nothing: each stops a start, and nothing in it can be used. */
import { foundPlaces, hasForm, isSettings, shortName, type Found } from './known-places.ts'
import type { Fault, Place, Step } from './types.ts'

export const forms: Step = {
  name: 'files',
  async examine(place) {
    const found = await foundPlaces(place)
    return found
      .filter(({ path }) => !isSettings(path))
      .filter(({ form, target }) => target === null || !hasForm(form, target))
      .map((one) => misplaced(place, one))
  },
}

function misplaced(place: Place, { path, form, target }: Found): Fault {
  const is = target === null ? 'is a symbolic link to nothing' : `is no ${form}`
  return {
    kind: 'repairable',
    what: `${shortName(place, path)} ${is}`,
    remedy: 'moved aside',
    next: null,
    async repair() {
      await place.aside.move(path)
      return null
    },
  }
}
