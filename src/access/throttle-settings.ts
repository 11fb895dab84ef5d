/** How many wrong guesses are too many, and for how long they are answered with a refusal. */

/** `gateway.auth.rateLimit` (SPEC 2.4). */
export interface GuessSettings {
  /** Wrong guesses of one address and class within the window; the one that reaches it is the last. */
  readonly maxAttempts: number
  readonly windowMs: number
  /** 0: no lock; a guess is refused while `maxAttempts` of them lie within the window (S0). */
  readonly lockoutMs: number
}

const MAX_ATTEMPTS = 100

/** What is wrong with these settings, naming the key; `null` when nothing is. A limit that never or always holds is no limit (R30). */
export function guessSettingsProblem(settings: GuessSettings): string | null {
  const { maxAttempts, windowMs, lockoutMs } = settings
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1 || maxAttempts > MAX_ATTEMPTS) {
    return `gateway.auth.rateLimit.maxAttempts is ${maxAttempts}: give a whole number from 1 to ${MAX_ATTEMPTS}`
  }
  if (!Number.isSafeInteger(windowMs) || windowMs < 1) {
    return `gateway.auth.rateLimit.windowMs is ${windowMs}: give whole milliseconds above 0`
  }
  if (!Number.isSafeInteger(lockoutMs) || lockoutMs < 0) {
    return `gateway.auth.rateLimit.lockoutMs is ${lockoutMs}: give whole milliseconds, or 0 for a sliding window`
  }
  return null
}

/** No hold that these settings create lasts longer. */
export function longestHoldMs({ windowMs, lockoutMs }: GuessSettings): number {
  return lockoutMs > 0 ? lockoutMs : windowMs
}

/**
 * Milliseconds until fewer than `most` of `times` (oldest first) lie within the window; 0 when that
 * is so now. A guess made at `t` has left the window at `t + windowMs`.
 */
export function windowHoldMs(
  times: readonly number[],
  window: { readonly most: number; readonly windowMs: number },
  now: number,
): number {
  const decisive = times[times.length - window.most]
  return decisive === undefined ? 0 : Math.max(0, decisive + window.windowMs - now)
}
