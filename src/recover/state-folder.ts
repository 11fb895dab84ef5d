/** The state dir itself: there, a folder, and its owner's alone. */
import { chmod, lstat, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { prepareStateDir } from '../host/state-dir.ts'
import { syncFolder } from '../host/replace-file.ts'
import { freeName, stampOf } from './aside.ts'
import { octal } from './known-places.ts'
import type { Fault, Place, Step } from './types.ts'

export const stateFolder: Step = { name: 'folder', examine }

async function examine(place: Place): Promise<readonly Fault[]> {
  const { stateDir, uid } = place
  const entry = await lstat(stateDir).catch(absentAsNull)
  if (entry === null) return [missing(place)]
  const target = await stat(stateDir).catch(absentAsNull)
  if (target === null) {
    const what = `${stateDir} is a symbolic link to nothing`
    const next =
      'If its disk is only not mounted: mount it, remove the new folder, and put the link back'
    return [inTheWay(place, what, next)]
  }
  if (!target.isDirectory()) return [inTheWay(place, `${stateDir} is no folder`, null)]

  const open = target.mode & 0o077
  const closed = (target.mode & 0o700) !== 0o700
  if (uid !== null && (open !== 0 || closed)) return [wrongMode(place, target.mode)]
  const state = prepareStateDir(stateDir, uid)
  return state.kind === 'ready'
    ? []
    : [{ kind: 'elsewhere', what: state.message, next: 'Mend that, then run it again' }]
}

function missing(place: Place): Fault {
  return {
    kind: 'repairable',
    what: `${place.stateDir} does not exist`,
    remedy: 'made, empty: the gateway begins anew in it',
    next: 'Is it the right one? OPENCLAW_STATE_DIR names another',
    repair: () => prepare(place),
  }
}

function inTheWay(place: Place, what: string, next: string | null): Fault {
  const remedy = 'renamed, and a new folder made: the gateway begins anew in it'
  const repair = async (): Promise<string> => {
    const { stateDir, clock } = place
    const name = await freeName(`${stateDir}.recovered-${stampOf(clock())}`, 1)
    await rename(stateDir, name)
    await syncFolder(dirname(stateDir))
    await prepare(place)
    return `it is now ${name}`
  }
  return { kind: 'repairable', what, remedy, next, repair }
}

async function prepare({ stateDir, uid }: Place): Promise<null> {
  const made = prepareStateDir(stateDir, uid)
  if (made.kind === 'refused') throw new Error(made.message)
  return null
}

function wrongMode(place: Place, mode: number): Fault {
  const writable = (mode & 0o022) !== 0
  return {
    kind: 'repairable',
    what: `${place.stateDir} has mode ${octal(mode)}`,
    remedy: writable
      ? 'now 0700; others could have written into it, so everybody is logged out'
      : 'now 0700',
    next: writable
      ? 'Look through the configuration and the API keys: somebody else could have changed them'
      : null,
    async repair() {
      await chmod(place.stateDir, 0o700)
      const sessions = join(place.stateDir, 'web-sessions.json')
      if (writable && (await lstat(sessions).catch(absentAsNull)) !== null)
        await place.aside.move(sessions)
      return null
    },
  }
}

function absentAsNull(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}
