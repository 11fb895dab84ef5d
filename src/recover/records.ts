/** The record: files that cannot be written are moved aside, and what is missing or changed in it is said. */
import { constants } from 'node:fs'
import { access, lstat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readFingerprintKey } from '../host/fingerprint-key.ts'
import { recordFiles } from '../record/files.ts'
import { recordKey } from '../record/head-key.ts'
import { verifyRecord } from '../record/verify.ts'
import type { Fault, Place, Step } from './types.ts'

export const records: Step = { name: 'record', examine }

async function examine(place: Place): Promise<readonly Fault[]> {
  const dir = join(place.stateDir, 'records')
  if ((await lstat(dir).catch(() => null)) === null) return []
  if (!(await usable(dir))) return [unwritable(place, dir)]
  const files = await recordFiles(dir)
  const states = await Promise.all(files.map(({ path }) => usable(path)))
  const stuck = files.filter((_, at) => states[at] === false)
  return stuck.length > 0 ? stuck.map(({ path }) => unwritable(place, path)) : changed(place, dir)
}

async function usable(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  )
}

function unwritable(place: Place, path: string): Fault {
  const whole = basename(path) === 'records'
  return {
    kind: 'repairable',
    what: `${whole ? 'records' : `records/${basename(path)}`} cannot be read and written`,
    remedy: 'moved aside: the record goes on without it',
    next: 'Keep it: it is part of the record',
    async repair() {
      await place.aside.move(path)
      return null
    },
  }
}

/** Nothing is repaired: a record that could be mended would prove nothing. */
async function changed({ stateDir, made, store }: Place, dir: string): Promise<readonly Fault[]> {
  const [health, key] = await Promise.all([store.health(), readFingerprintKey(stateDir)])
  const readable = health.kind === 'healthy' && health.head.kind === 'readable'
  if (!readable || health.head.kind !== 'readable' || key?.kind !== 'key') return []
  const { head } = health.head
  // Sealed with a key that is gone: its own step has said so.
  if (head === null || made.has('fingerprint.key')) return []
  const check = await verifyRecord({ dir, loadHead: () => head, key: recordKey(key.key) })
  if (check.kind === 'intact') return []
  const where = check.file === '' ? 'the record' : `records/${check.file}`
  const next = 'Find out who could write it; it goes on after its last line'
  return [{ kind: 'hint', what: `${where}: ${check.what}`, next }]
}
