/** `device.pair.setupStatus`: whether a setup code was used, and by which device. */
import { z } from 'zod'
import { defineOperation, type Operation } from './types.ts'
import type { DeviceSetupParts } from './device-pair-setup-code.ts'

export function devicePairSetupStatus({ desk }: Pick<DeviceSetupParts, 'desk'>): Operation {
  return defineOperation({
    name: 'device.pair.setupStatus',
    summary: 'Whether a setup code was used, and by which device.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/devices/setup-codes/:setupId' },
    websocket: true,
    input: z.strictObject({ setupId: z.string().min(1).max(128) }),
    run({ setupId }) {
      const code = desk.book.setupCode(setupId)
      if (code === null || code.usedBy === null) return {}
      const { deviceId, at } = code.usedBy
      const name = desk.book.find(deviceId)?.name ?? ''
      return {
        completion: {
          setupId,
          deviceId,
          ...(name !== '' && { deviceName: name }),
          access: code.access,
          ts: at,
        },
      }
    },
  })
}
