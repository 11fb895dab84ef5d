/** Whether a key could be guessed or looked up. */
import type { Check } from '../../types.ts'
import { live } from './live.ts'

export const weakKey: Check = {
  id: 'apikeys.weak',
  severity: 'warning',
  title: 'An API key is short, or an example',
  why: 'A gateway that others reach refuses it; on this host alone it counts (SPEC 2.2).',
  find: (facts) =>
    live(facts)
      .filter(({ weak }) => weak)
      .map(({ id }) => ({
        detail: `the key ${id} could be guessed or looked up`,
        fix: `openclaw api-keys rotate ${id}`,
      })),
}
