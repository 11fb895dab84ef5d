/** `device.pair.list`: which devices are approved, and which ask to be. */
import { z } from 'zod'
import { isAdministrator, type Actor } from '../pairing/authority.ts'
import type { PairingDesk } from '../pairing/desk.ts'
import { waiting } from '../pairing/resolve.ts'
import { callingActor } from './device-answer.ts'
import { deviceView, requestView } from './device-view.ts'
import { defineOperation, type Operation } from './types.ts'

export interface DevicePairParts {
  readonly desk: PairingDesk
  /** Whether a connection of this device is open. */
  readonly connected: (deviceId: string) => boolean
}

export function devicePairList({ desk, connected }: DevicePairParts): Operation {
  return defineOperation({
    name: 'device.pair.list',
    summary: 'Which devices are approved, and which ask to be.',
    requires: 'operator.pairing',
    changes: false,
    http: { method: 'GET', path: '/api/v1/devices' },
    websocket: true,
    input: z.strictObject({}),
    run(_input, call) {
      const actor = callingActor(call)
      const shown = ({ id }: { readonly id: string }): boolean => maySee(actor, id)
      return {
        pending: waiting(desk)
          .filter(({ deviceId }) => maySee(actor, deviceId))
          .map((request) => ({
            ...requestView(request),
            // Ours: whoever decides wants to know how long they may think.
            expiresAtMs: request.refreshedAt + desk.rules().waitsMs,
          })),
        paired: desk.book
          .devices()
          .filter(shown)
          .map((device) => ({ ...deviceView(device), connected: connected(device.id) })),
      }
    },
  })
}

/** A device's own token shows that device alone (PROTOCOL 3.2). */
function maySee(actor: Actor, deviceId: string): boolean {
  return isAdministrator(actor) || actor.deviceId === null || actor.deviceId === deviceId
}
