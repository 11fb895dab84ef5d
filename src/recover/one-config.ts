/** There are two configurations, and nothing else can be known of either until one is left. */
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { load } from '../config/load.ts'
import { CONFIG_NAMES, resolvedPath } from '../config/locate.ts'
import { pendingFileOf } from '../config/pending-change.ts'
import { shortName } from './known-places.ts'
import type { Fault, Place, Step } from './types.ts'
import { configLocation } from './write-config.ts'

export const oneConfig: Step = {
  name: 'config',
  async examine(place) {
    const [best, ...others] = await ranking(place)
    return best === undefined ? [] : others.map((file) => secondFile(place, file, best))
  },
}

/** The place as it is once {@link oneConfig} has left one. */
export async function onceOneIsLeft(place: Place): Promise<Place> {
  const [best] = await ranking(place)
  const { request } = place
  return best === undefined
    ? place
    : { ...place, request: { ...request, flags: { ...request.flags, config: best } } }
}

function secondFile(place: Place, file: string, best: string): Fault {
  return {
    kind: 'repairable',
    what: `${shortName(place, file)} stands beside ${shortName(place, best)}: there are two configurations`,
    remedy: 'moved aside; the one that was changed last stays',
    next: `Is ${best} the right one?`,
    async repair() {
      // What waits to be undone in it goes with it.
      const pending = pendingFileOf(file)
      if (existsSync(pending)) await place.aside.move(pending)
      await place.aside.move(file)
      return null
    },
  }
}

/** The one to keep first: changed last, among those that a start would accept if there are any. Empty where there is one, or none. */
async function ranking(place: Place): Promise<readonly string[]> {
  if (configLocation(place) !== null) return []
  const { request } = place
  const found = await Promise.all(
    candidates(place).map(async (file) => ({
      file,
      changed: (await stat(file).catch(() => null))?.mtimeMs ?? null,
      loads: (await load({ ...request, flags: { config: file } })).kind === 'loaded',
    })),
  )
  return found
    .filter(({ changed }) => changed !== null)
    .sort((a, b) => Number(b.loads) - Number(a.loads) || (b.changed ?? 0) - (a.changed ?? 0))
    .map(({ file }) => file)
}

function candidates({ stateDir, request }: Place): readonly string[] {
  const named = request.variables['OPENCLAW_CONFIG_DIR'] ?? ''
  const roots = { home: request.host.home, folder: process.cwd() }
  const folder = named.trim() === '' ? stateDir : resolvedPath(named, roots)
  return CONFIG_NAMES.map((name) => join(dirname(join(folder, name)), name))
}
