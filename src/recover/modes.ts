/** Permissions: files 0600 and folders 0700, whatever they were (R62). */
import { chmod } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  foundPlaces,
  hasForm,
  isWaitingChange,
  octal,
  shortName,
  type Found,
} from './known-places.ts'
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
function isWrong({ path, form, entry, target }: Found, uid: number | null): boolean {
  if (form === 'socket' || target === null || target.uid !== uid) return false
  if (isWaitingChange(path) && entry.isSymbolicLink()) return false
  if (!hasForm(form, target)) return false
  const needed = form === 'folder' ? 0o700 : 0o600
  const forbidden = entry.isSymbolicLink() ? 0o022 : 0o077
  return (target.mode & needed) !== needed || (target.mode & forbidden) !== 0
}

/** Files whose word alone lets somebody in. */
const WOULD_COUNT = [
  { is: (path: string) => basename(path) === 'web-sessions.json', what: 'a session' },
  { is: isWaitingChange, what: 'a configuration' },
] as const

function wrongMode(place: Place, { path, form, target }: Found): Fault {
  const mode = target?.mode ?? 0
  const written = (mode & 0o022) !== 0
  const right = form === 'folder' ? 0o700 : 0o600
  const trusted = written ? WOULD_COUNT.find((one) => one.is(path)) : undefined
  return {
    kind: 'repairable',
    what: `${shortName(place, path)} has mode ${octal(mode)}`,
    remedy:
      trusted === undefined
        ? `now ${octal(right)}`
        : `now 0600, and moved aside: others could have written ${trusted.what} into it`,
    next:
      written && trusted === undefined
        ? 'Look through it: somebody else could have changed it'
        : null,
    async repair() {
      await chmod(path, right)
      if (trusted !== undefined) await place.aside.move(path)
      return null
    },
  }
}
