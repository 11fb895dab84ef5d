/** `device.pair.reject`: turns a device away that asks to be approved. */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { reject } from '../pairing/resolve.ts'
import { callingActor, denied, exceeds, unknown } from './device-answer.ts'
import { requestIdShape } from './device-pair-approve.ts'
import type { DevicePairParts } from './device-pair-list.ts'
import { requestSubject } from './pairing-subject.ts'
import { defineOperation, type Operation } from './types.ts'

export function devicePairReject({ desk }: Pick<DevicePairParts, 'desk'>): Operation {
  return defineOperation({
    name: 'device.pair.reject',
    summary: 'Rejects the request of a device.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/devices/requests/:requestId/reject' },
    websocket: true,
    input: z.strictObject({ requestId: requestIdShape }),
    subject: ({ requestId }) => requestSubject(desk, requestId),
    async run({ requestId }, call) {
      const answer = await reject(desk, requestId, callingActor(call))
      switch (answer.kind) {
        case 'rejected':
          return { requestId, deviceId: answer.deviceId }
        case 'unknown':
          throw unknown('requestId')
        case 'denied':
          throw denied('device pairing rejection')
        case 'missing-scope':
          throw exceeds(answer.scope)
        default:
          return unreachable(answer)
      }
    },
  })
}
