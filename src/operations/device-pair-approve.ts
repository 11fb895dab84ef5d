/** `device.pair.approve`: lets a device in, with exactly what its request says. */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { approve } from '../pairing/resolve.ts'
import { callingActor, denied, exceeds, unknown } from './device-answer.ts'
import type { DevicePairParts } from './device-pair-list.ts'
import { deviceView } from './device-view.ts'
import { parseExpiry } from './api-keys-expiry.ts'
import { factWord, requestSubject } from './pairing-subject.ts'
import { defineOperation, type Operation } from './types.ts'

export const requestIdShape = z.string().min(1).max(128)

export function devicePairApprove({ desk }: Pick<DevicePairParts, 'desk'>): Operation {
  return defineOperation({
    name: 'device.pair.approve',
    summary: 'Approves a device, for good or until it expires.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/devices/requests/:requestId/approve' },
    websocket: true,
    // `expires` is ours: 30d, a date, never. The wire's clients send none.
    input: z.strictObject({ requestId: requestIdShape, expires: z.string().default('never') }),
    subject: ({ requestId, expires }) =>
      `${requestSubject(desk, requestId)} expires=${factWord(expires)}`,
    async run({ requestId, expires }, call) {
      const expiresAt = parseExpiry(expires, desk.clock())
      const answer = await approve(desk, { requestId, expiresAt }, callingActor(call))
      switch (answer.kind) {
        case 'approved':
          return { requestId, device: deviceView(answer.device) }
        case 'unknown':
          throw unknown('requestId')
        case 'denied':
          throw denied('device pairing approval')
        case 'missing-scope':
          throw exceeds(answer.scope)
        default:
          return unreachable(answer)
      }
    },
  })
}
