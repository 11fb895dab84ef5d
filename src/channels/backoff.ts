/** How long to wait before trying again: twice as long each time, and never at the same moment as everybody else. */

const FIRST_MS = 1_000
const MOST_MS = 60_000

/** `failures`: in a row, from 1. `random`: 0 to 1. Between half and all of 1, 2, 4 … 60 seconds. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16))
  return Math.round(full / 2 + (full / 2) * random())
}

/** Resolves after `ms`, or at once when `signal` fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
