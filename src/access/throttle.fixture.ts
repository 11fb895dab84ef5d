/** For tests: a limiter whose clocks stand still until they are moved. */
import type { LockLine } from './throttle-locks.ts'
import type { GuessSettings } from './throttle-settings.ts'
import { Throttle } from './throttle.ts'
import type { CredentialClass } from './types.ts'

/** The wall clock at the start. */
export const WALL = 1_800_000_000_000
/** S1's limits. */
export const S1: GuessSettings = { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000 }
/** S0's: a pure sliding window. */
export const S0: GuessSettings = { maxAttempts: 20, windowMs: 60_000, lockoutMs: 0 }

/** A throttle with clocks that the test moves; `lines` is what it journaled. */
export function started(
  settings: Partial<GuessSettings> = {},
  capacity = { addresses: 100, networks: 10 },
) {
  const time = { steady: 5_000, wall: WALL }
  const lines: LockLine[] = []
  const journal = { append: async (line: LockLine) => void lines.push(line) }
  const clocks = { steady: () => time.steady, wall: () => time.wall }
  const throttle = new Throttle({ settings: { ...S1, ...settings }, capacity, journal, ...clocks })
  const guess = (address: string, times = 1, cls: CredentialClass = 'shared', guessable = true) => {
    const charges = Array.from({ length: times }, () =>
      throttle.charge(address, cls, { guessable }),
    )
    return charges.at(-1) ?? { locked: false, until: 0, durable: null }
  }
  const held = (address: string, cls: CredentialClass = 'shared', guessable = true) =>
    throttle.heldForMs(address, cls, guessable)
  const wait = (ms: number) => {
    time.steady += ms
    time.wall += ms
  }
  return { throttle, time, lines, guess, held, wait }
}
