/** Waiting for something to become true, with a word to the user while it takes long. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from './types.ts'

const STEP_MS = 100
/** From here on a person wonders. */
const QUIET_MS = 1500

/** False when it did not become true in time. `doing`: `waiting for the gateway to stop`. */
export async function until(
  doing: string,
  limitMs: number,
  { isTrue, context }: { readonly isTrue: () => Promise<boolean>; readonly context: Context },
): Promise<boolean> {
  const begun = context.now()
  const said = { once: false }
  for (;;) {
    if (await isTrue()) return true
    const waited = context.now() - begun
    if (waited >= limitMs) return false
    if (waited >= QUIET_MS && !said.once) {
      said.once = true
      context.stderr(`${doing} …\n`)
    }
    await pause(STEP_MS)
  }
}
