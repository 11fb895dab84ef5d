/** Approvals that are over: written down as soon as it is seen, so that no clock brings them back. */
import { isPast } from './admit.ts'
import type { SenderDesk } from './desk.ts'
import type { SenderRef } from './types.ts'

/** Resolves when it is on disk that this sender's approval is over, if it is. */
export async function noteLapse(desk: SenderDesk, sender: SenderRef): Promise<void> {
  const seen = desk.book.find(sender)
  if (seen === null || seen.ended || !isPast(seen, desk.clock())) return
  const lapsed = { ...seen, ended: true }
  // Seen is seen: what the clock says when its turn comes changes nothing.
  await desk.turn((book) =>
    book.find(sender) === seen
      ? { result: null, takesAway: true, change: { approvals: [lapsed] } }
      : { result: null },
  )
}
