/** The configuration file as a whole: text that can be read. */
import { existsSync } from 'node:fs'
import { lstat, rename } from 'node:fs/promises'
import { formatOf, parseDocument } from '../config/document.ts'
import type { Location } from '../config/locate.ts'
import { newToken } from '../core/ids.ts'
import { syncFolder } from '../host/replace-file.ts'
import { shortName } from './known-places.ts'
import { UNTIL_ALLOWED } from './narrow.ts'
import type { Fault, Place, Step } from './types.ts'
import { configLocation } from './write-config.ts'

export const configFile: Step = { name: 'config', examine }

async function examine(place: Place): Promise<readonly Fault[]> {
  const location = configLocation(place)
  if (location === null) return []
  const { file } = location
  const entry = await lstat(file).catch(() => null)
  const read = await place.request.host.read(file)
  if (entry === null) return existsSync(freshFile(location)) ? [interrupted(place, location)] : []
  if (read.kind === 'refused') return [unusable(place, location, read.why)]
  if (read.kind === 'absent') return [unusable(place, location, 'is a symbolic link to nothing')]
  const parsed = await parseDocument(formatOf(file, read.text), read.text)
  if (parsed.kind === 'parsed') return []
  const line = parsed.line === null ? '' : ` (line ${parsed.line})`
  return [unusable(place, location, `cannot be understood: ${parsed.message}${line}`)]
}

/** Nothing is guessed from what cannot be read, and the backup beside it may hold a token that was rotated out. */
function unusable(place: Place, location: Location, why: string): Fault {
  return {
    kind: 'repairable',
    what: `${shortName(place, location.file)} ${why}`,
    remedy: 'moved aside, and a new one made: this host only, mode token with a new token',
    would:
      'move it aside, and make a new one: this host only, mode token with a new token, which callers on this host need, too',
    next: `Take what you need from the old one with \`openclaw config set\`; your clients need the new token (\`openclaw config get gateway.auth.token --reveal\`). ${UNTIL_ALLOWED}`,
    async repair() {
      const auth = { mode: 'token', token: newToken(), allowLocalDirect: false }
      const text = `${JSON.stringify({ gateway: { auth } }, null, 2)}\n`
      // Whole before the old one goes: a start without any would ask less of callers on this host.
      const written = await place.request.host.write(freshFile(location), text)
      if (written.kind === 'failed') throw new Error(written.why)
      await place.aside.move(location.file)
      await putInPlace(place, location)
      return null
    },
  }
}

function interrupted(place: Place, location: Location): Fault {
  return {
    kind: 'repairable',
    what: `an earlier recovery of ${shortName(place, location.file)} was interrupted`,
    remedy: 'finished: the new configuration is in its place',
    next: null,
    async repair() {
      await putInPlace(place, location)
      return null
    },
  }
}

async function putInPlace({ made }: Place, location: Location): Promise<void> {
  await rename(freshFile(location), location.file)
  await syncFolder(location.folder)
  made.add('gateway.auth.token')
}

function freshFile({ file }: Location): string {
  return `${file}.recovered`
}
