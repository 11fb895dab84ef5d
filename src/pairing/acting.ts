/** A turn of the desk for somebody who asked for something, and may have lost the right to it while it waited. */
import { standingOf, type Actor } from './authority.ts'
import type { PairingDesk, Place, Turn } from './desk.ts'
import type { DeviceBook } from './book.ts'

/** `over`: what a device hears that was revoked meanwhile (R45). */
export function turnFor<Result>(
  desk: PairingDesk,
  { actor, over, place = 'last' }: { actor: Actor; over: Result; place?: Place },
  decide: (book: DeviceBook, now: number) => Turn<Result>,
): Promise<Result> {
  return desk.turn<Result>(
    (book, now) =>
      standingOf(actor, book, now).kind === 'over' ? { result: over } : decide(book, now),
    place,
  )
}
