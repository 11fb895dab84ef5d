/** `device.pair.rename`: what an operator calls a device. */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { rename } from '../pairing/manage.ts'
import { callingActor, denied, unknown } from './device-answer.ts'
import type { DevicePairParts } from './device-pair-list.ts'
import { deviceIdShape } from './device-pair-remove.ts'
import { deviceSubject } from './pairing-subject.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

const MAX_LABEL = 64

/** A name is printed in terminals and logs. */
export const labelShape = z
  .string()
  .max(MAX_LABEL)
  .regex(/^\P{C}*$/u, 'may have no control characters')

export function devicePairRename({ desk }: Pick<DevicePairParts, 'desk'>): Operation {
  return defineOperation({
    name: 'device.pair.rename',
    summary: 'Gives a device a name.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/devices/:deviceId/rename' },
    websocket: true,
    input: z.strictObject({ deviceId: deviceIdShape, label: labelShape }),
    subject: ({ deviceId }) => deviceSubject(desk, deviceId),
    async run({ deviceId, label: given }, call) {
      const label = given.trim()
      if (label === '') throw new Refusal('invalid_input', 'label required')
      const answer = await rename(desk, { deviceId, label }, callingActor(call))
      switch (answer.kind) {
        case 'done':
          return { deviceId, label }
        case 'unknown':
          throw unknown('deviceId')
        case 'denied':
          throw denied('device pairing rename')
        default:
          return unreachable(answer)
      }
    },
  })
}
