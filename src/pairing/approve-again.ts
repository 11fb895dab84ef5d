/** `openclaw recover --device`: the owner on the host approves a device anew, whatever became of its approval. */
import { ALL_SCOPES } from '../access/scopes.ts'
import { UNDESCRIBED } from './change-device.ts'
import type { PairingDesk } from './desk.ts'
import { approvedDevice } from './grant.ts'
import { resolved } from './resolve.ts'
import type { PairedDevice } from './types.ts'

export type ApprovedAgain =
  | { readonly kind: 'approved'; readonly device: PairedDevice }
  /** Nothing is kept of it that names its key: it has to ask first. */
  | { readonly kind: 'unknown' }

/** As operator with every scope, without an end; revoked, removed or expired though it was. */
export function approveAgain(
  desk: PairingDesk,
  deviceId: string,
  by: string,
): Promise<ApprovedAgain> {
  return desk.turn<ApprovedAgain>((book, now) => {
    const known = book.find(deviceId)
    const waiting = book.requestOf(deviceId)
    const publicKey = waiting?.publicKey ?? known?.publicKey ?? ''
    if (publicKey === '') return { result: { kind: 'unknown' } }

    const device = approvedDevice(
      known,
      {
        deviceId,
        publicKey,
        description: waiting?.description ?? known?.description ?? UNDESCRIBED,
        remoteAddress: waiting?.remoteAddress ?? known?.remoteAddress ?? null,
        via: 'owner',
        by,
        approvals: [{ role: 'operator', scopes: ALL_SCOPES, expiresAt: null }],
      },
      desk.tokens,
      now,
    )
    return {
      result: { kind: 'approved', device },
      change: {
        devices: [device],
        resolved: waiting === null ? [] : [waiting.requestId],
      },
      events: waiting === null ? [{ kind: 'changed' }] : [resolved(waiting, 'approved')],
    }
  })
}
