/**
 * Drops removed devices from the book, when an administrator says so and never otherwise (decision 008). The gateway does
 * not know such a device any more: when it comes back, it asks like a new one, or is let in unasked where new ones are.
 */
import { turnFor } from './acting.ts'
import { isAdministrator, type Actor } from './authority.ts'
import type { PairingDesk } from './desk.ts'
import type { PairedDevice } from './types.ts'

export interface Forgetting {
  /** Removed before this moment, in milliseconds since the epoch; `null`: whenever it was. */
  readonly removedBefore: number | null
  /** Only say how many it would be. */
  readonly dryRun: boolean
}

export type Forgotten =
  | { readonly kind: 'denied' }
  /** `remembered`: removed devices that are still in the book, or would be. */
  | { readonly kind: 'forgotten'; readonly forgotten: number; readonly remembered: number }

export function forget(
  desk: PairingDesk,
  { removedBefore, dryRun }: Forgetting,
  actor: Actor,
): Promise<Forgotten> {
  return turnFor<Forgotten>(desk, { actor, over: { kind: 'denied' } }, (book) => {
    if (!isAdministrator(actor)) return { result: { kind: 'denied' } }
    const ids = book
      .removed()
      .filter((device) => wasRemovedBefore(device, removedBefore))
      .map(({ id }) => id)
    const remembered = book.counts.removed - ids.length
    const result = { kind: 'forgotten', forgotten: ids.length, remembered } as const
    return dryRun ? { result } : { result, change: { forgottenDevices: ids } }
  })
}

/** A row that could not be read stands in the book as removed at 0: nobody removed it, and it may say that it was revoked. */
function wasRemovedBefore({ removedAt }: PairedDevice, before: number | null): boolean {
  return removedAt !== null && removedAt > 0 && (before === null || removedAt < before)
}
