/** The key of the state dir, `fingerprint.key`: it seals the record's head and makes the devices' tokens. */
import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { loadFingerprintKey, readFingerprintKey } from '../host/fingerprint-key.ts'
import type { Fault, Place, Step } from './types.ts'

export const stateKey: Step = { name: 'key', examine }

const CONSEQUENCES =
  'Nobody loses an approval: devices get new tokens at their next connect. The record up to here cannot be verified any more'

/** Without what to do about it: that is done. */
function whatIs({ stateDir }: Place, why: string): string {
  return why.replace(`${stateDir}/`, '').replace(/\. .*$/, '')
}

async function examine(place: Place): Promise<readonly Fault[]> {
  const { stateDir } = place
  const read = await readFingerprintKey(stateDir)
  if (read?.kind === 'key') return []
  const before = ['store.sqlite', 'records'].some((name) => existsSync(join(stateDir, name)))
  // A first start makes one, too.
  if (read === null && !before) return []
  return [
    {
      kind: 'repairable',
      what: read === null ? 'fingerprint.key is missing' : whatIs(place, read.why),
      remedy: read === null ? 'a new one was made' : 'moved aside, and a new one made',
      would: read === null ? 'make a new one' : 'move it aside, and make a new one',
      next: CONSEQUENCES,
      async repair() {
        const path = join(stateDir, 'fingerprint.key')
        if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) await place.aside.move(path)
        const made = await loadFingerprintKey(stateDir)
        if (made.kind === 'failed') throw new Error(made.why)
        place.made.add('fingerprint.key')
        return null
      },
    },
  ]
}
