/** How many devices may come in without anybody being asked: whoever holds a secret makes keys for nothing (decision 008). */
import type { DeviceBook } from './book.ts'

export interface UnaskedRoom {
  /** Devices that nobody approved by hand, at once. */
  readonly most: number
  /** Removed devices that are remembered; beyond that nothing is given unasked until the owner forgets some (`forget.ts`). */
  readonly mostRemoved: number
}

/** Far more than one gateway serves, and little enough to hold and to read at a start. */
export const UNASKED_ROOM: UnaskedRoom = { most: 10_000, mostRemoved: 10_000 }

/**
 * For a device that is not in the book. A removed one stays in it for good, or it would pass for a new one: where too
 * many are remembered none is forgotten, but nobody new is let in without being asked about.
 */
export function hasRoomUnasked(
  { unasked, removed }: DeviceBook['counts'],
  { most, mostRemoved }: UnaskedRoom,
): boolean {
  return unasked < most && removed < mostRemoved
}
