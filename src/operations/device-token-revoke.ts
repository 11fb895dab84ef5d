/** `device.token.revoke`: takes a role from a device; its token is dead and its connections end. */
import { z } from 'zod'
import { revoke } from '../pairing/manage.ts'
import { callingActor, denied, deniedInRole } from './device-answer.ts'
import type { DevicePairParts } from './device-pair-list.ts'
import { deviceIdShape } from './device-pair-remove.ts'
import { knownRole } from './device-role.ts'
import { deviceRoleSubject } from './pairing-subject.ts'
import { defineOperation, type Operation } from './types.ts'

export function deviceTokenRevoke({ desk }: Pick<DevicePairParts, 'desk'>): Operation {
  return defineOperation({
    name: 'device.token.revoke',
    summary: 'Revokes the token of a device: it is dead at once, and its connections end.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/devices/:deviceId/token/revoke' },
    websocket: true,
    input: z.strictObject({ deviceId: deviceIdShape, role: z.string().min(1).max(64) }),
    subject: ({ deviceId, role }) => deviceRoleSubject(desk, deviceId, role),
    async run({ deviceId, role: named }, call) {
      const role = knownRole(named)
      if (role === null) throw denied(WHAT)
      const answer = await revoke(desk, { deviceId, role }, callingActor(call))
      if (answer.kind === 'denied') throw deniedInRole(desk, { deviceId, role }, call, WHAT)
      return { deviceId, role: named, revokedAtMs: answer.revokedAt }
    },
  })
}

const WHAT = 'device token revocation'
