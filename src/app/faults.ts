/**
 * What becomes of an exception that nobody caught: a bug of ours, somewhere between two requests.
 *
 * Ending the process would hand every stranger who finds the bug a switch for the whole gateway, so it is
 * logged and the gateway goes on; decisions hold no state that a half-done request could have spoilt. A
 * gateway that faults again and again does end, for its supervisor to start afresh.
 */
import type { Clock } from '../core/clock.ts'

const WINDOW_MS = 60_000
const MOST = 20
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const

export interface Faults {
  /** Puts back whoever listened before. */
  end(): void
}

export function containFaults({
  clock,
  report,
  giveUp,
}: {
  readonly clock: Clock
  readonly report: (error: unknown) => void
  readonly giveUp: () => void
}): Faults {
  const times: number[] = []
  const contain = (error: unknown): void => {
    report(error)
    times.push(clock())
    const recent = times.filter((at) => clock() - at < WINDOW_MS)
    times.splice(0, times.length, ...recent)
    if (recent.length > MOST) giveUp()
  }
  const before = EVENTS.map((event) => ({
    event,
    listeners: process.listeners(event as 'uncaughtException'),
  }))
  for (const event of EVENTS) {
    process.removeAllListeners(event)
    process.on(event, contain)
  }
  // Output that nobody reads any more, or that a full disk does not take, is no reason to go, either.
  const quiet = (): void => {}
  const outputs = [process.stdout, process.stderr].map((stream) => ({
    stream,
    listeners: stream.listeners('error'),
  }))
  for (const { stream } of outputs) stream.removeAllListeners('error').on('error', quiet)
  return {
    end() {
      for (const { stream, listeners } of outputs) {
        stream.off('error', quiet)
        for (const listener of listeners) stream.on('error', listener as () => void)
      }
      for (const { event, listeners } of before) {
        process.off(event, contain)
        for (const listener of listeners) process.on(event, listener)
      }
    },
  }
}
