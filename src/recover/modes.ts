/** Permissions: files 0600 and folders 0700, whatever they were (R62). */
import { chmod } from 'node:fs/promises'
import { basename } from 'node:path'
import { foundPlaces, hasForm, octal, shortName, type Found } from './known-places.ts'
import type { Fault, Place, Step } from './types.ts'

export const modes: Step = {
  name: 'permissions',
  async examine(place) {
    if (place.uid === null) return []
    const wrong = (await foundPlaces(place)).filter((one) => isWrong(one, place.uid))
    return wrong.map((one) => wrongMode(place, one))
  },
}

/** Through a link only what a start would refuse: the file may be somebody's to share. */
function isWrong({ form, entry, target }: Found, uid: number | null): boolean {
  if (form === 'socket' || target === null || target.uid !== uid) return false
  if (!hasForm(form, target)) return false
  const needed = form === 'folder' ? 0o700 : 0o600
  const forbidden = entry.isSymbolicLink() ? 0o022 : 0o077
  return (target.mode & needed) !== needed || (target.mode & forbidden) !== 0
}

function wrongMode(place: Place, { path, form, target }: Found): Fault {
  const mode = target?.mode ?? 0
  const written = (mode & 0o022) !== 0
  const right = form === 'folder' ? 0o700 : 0o600
  const sessions = written && basename(path) === 'web-sessions.json'
  return {
    kind: 'repairable',
    what: `${shortName(place, path)} has mode ${octal(mode)}`,
    remedy: sessions
      ? 'now 0600, and moved aside: others could have written a session into it'
      : `now ${octal(right)}`,
    next: written && !sessions ? 'Look through it: somebody else could have changed it' : null,
    async repair() {
      await chmod(path, right)
      if (sessions) await place.aside.move(path)
      return null
    },
  }
}
