/** Says when a new session may be started: Discord takes a few in five seconds, and closes whatever comes sooner. */
import { pause } from '../backoff.ts'

const WINDOW_MS = 5_000

/** Resolves when it is our turn; rejects when `signal` fires first. `atOnce`: how many Discord takes in five seconds. */
export type IdentifyTurn = (atOnce: number, signal: AbortSignal) => Promise<void>

export function identifyTurns(): IdentifyTurn {
  let last = -Infinity
  return async (atOnce, signal) => {
    await pause(Math.max(0, last + WINDOW_MS / atOnce - performance.now()), signal)
    signal.throwIfAborted()
    last = performance.now()
  }
}
