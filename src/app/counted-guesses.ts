/** The throttle's writing side with a count of what is charged: every wrong credential passes here (SPEC 2.4). */
import type { Guesses } from '../server/gateway.ts'
import type { Meters } from '../telemetry/meters.ts'

export function countedGuesses(guesses: Guesses, meters: Pick<Meters, 'guessed'>): Guesses {
  return {
    charge(address, cls, options) {
      meters.guessed(cls)
      return guesses.charge(address, cls, options)
    },
    chargeLoopback() {
      meters.guessed('loopback')
      guesses.chargeLoopback()
    },
    clear: (address, cls) => guesses.clear(address, cls),
  }
}
