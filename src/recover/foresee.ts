/** The settings as they will be: what `--dry-run` says depends on what happens to the file before. */
import { mendedText } from './config-keys.ts'
import type { Place, Step } from './types.ts'
import { configLocation, placeWithText } from './write-config.ts'

/** One repair may bring to light what the fault before it hid. */
const MOST_ROUNDS = 12

/** Examines what is there once the settings are mended. */
export function afterTheSettings(step: Step): Step {
  return { name: step.name, examine: async (place) => step.examine(await mended(place)) }
}

/** They examine what `foreseen` says will be there. Nothing is changed meanwhile, so it is asked once. */
export function examineForeseen(
  steps: readonly Step[],
  foreseen: (place: Place) => Promise<Place>,
): readonly Step[] {
  const known = new WeakMap<Place, Promise<Place>>()
  const once = (place: Place): Promise<Place> => {
    const found = known.get(place) ?? foreseen(place)
    known.set(place, found)
    return found
  }
  return steps.map(({ name, examine }) => ({
    name,
    examine: async (place) => examine(await once(place)),
  }))
}

async function mended(place: Place, rounds = MOST_ROUNDS): Promise<Place> {
  const text = rounds === 0 ? null : await mendedText(place)
  const location = configLocation(place)
  if (text === null || location === null) return place
  return mended(placeWithText(place, location.file, text), rounds - 1)
}
