/** The settings as they will be: what `--dry-run` says of the token depends on what happens to the file before. */
import { mendedText } from './config-keys.ts'
import type { Place, Step } from './types.ts'
import { configLocation } from './write-config.ts'

/** One repair may bring to light what the fault before it hid. */
const MOST_ROUNDS = 12

/** Examines what is there once the settings are mended. */
export function afterTheSettings(step: Step): Step {
  return { name: step.name, examine: async (place) => step.examine(await mended(place)) }
}

async function mended(place: Place, rounds = MOST_ROUNDS): Promise<Place> {
  const text = rounds === 0 ? null : await mendedText(place)
  const location = configLocation(place)
  if (text === null || location === null) return place
  const { request } = place
  const read: typeof request.host.read = async (path) =>
    path === location.file ? { kind: 'text', text } : request.host.read(path)
  return mended({ ...place, request: { ...request, host: { ...request.host, read } } }, rounds - 1)
}
