/** `device.pair.remove`: forgets a device; its connections end, and only an operator lets it in again. */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { remove } from '../pairing/manage.ts'
import { callingActor, denied, unknown } from './device-answer.ts'
import type { DevicePairParts } from './device-pair-list.ts'
import { deviceSubject } from './pairing-subject.ts'
import { defineOperation, type Operation } from './types.ts'

export const deviceIdShape = z.string().min(1).max(128)

export function devicePairRemove({ desk }: Pick<DevicePairParts, 'desk'>): Operation {
  return defineOperation({
    name: 'device.pair.remove',
    summary: 'Removes a device: its tokens are dead and its connections end.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'DELETE', path: '/api/v1/devices/:deviceId' },
    websocket: true,
    input: z.strictObject({ deviceId: deviceIdShape }),
    subject: ({ deviceId }) => deviceSubject(desk, deviceId),
    async run({ deviceId }, call) {
      const answer = await remove(desk, deviceId, callingActor(call))
      switch (answer.kind) {
        case 'done':
          return { deviceId }
        case 'unknown':
          throw unknown('deviceId')
        case 'denied':
          throw denied('device pairing removal')
        default:
          return unreachable(answer)
      }
    },
  })
}
