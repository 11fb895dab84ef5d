/** `device.token.rotate`: a new token for a device in one role; the old one holds until the new one was used (R47). */
import { z } from 'zod'
import { SCOPES, type Scope } from '../access/scopes.ts'
import { rotate } from '../pairing/manage.ts'
import { callingActor, denied, deniedInRole } from './device-answer.ts'
import type { DevicePairParts } from './device-pair-list.ts'
import { deviceIdShape } from './device-pair-remove.ts'
import { knownRole } from './device-role.ts'
import { deviceRoleSubject } from './pairing-subject.ts'
import { defineOperation, type Operation } from './types.ts'

export function deviceTokenRotate({ desk }: Pick<DevicePairParts, 'desk'>): Operation {
  return defineOperation({
    name: 'device.token.rotate',
    summary: 'Gives a device a new token; the old one holds until the new one has been used.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/devices/:deviceId/token/rotate' },
    websocket: true,
    input: z.strictObject({
      deviceId: deviceIdShape,
      role: z.string().min(1).max(64),
      scopes: z.array(z.string().min(1)).max(64).optional(),
    }),
    subject: ({ deviceId, role }) => deviceRoleSubject(desk, deviceId, role),
    async run({ deviceId, role: named, scopes: asked }, call) {
      const role = knownRole(named)
      const scopes = asked === undefined ? null : asked.map(knownScope)
      // An unknown scope is beyond what anybody was approved for.
      if (role === null || scopes?.includes(null) === true) throw denied(WHAT)
      const wanted = scopes?.filter((scope) => scope !== null) ?? null
      const answer = await rotate(desk, { deviceId, role, scopes: wanted }, callingActor(call))
      if (answer.kind === 'denied') throw deniedInRole(desk, { deviceId, role }, call, WHAT)
      // Whoever showed no key has no use for a token of it.
      const token = call.method === 'device-token' ? answer.token : null
      return {
        deviceId,
        role: named,
        scopes: answer.scopes,
        rotatedAtMs: answer.rotatedAt,
        // Nobody but the device itself hears its token: it gets it at its next connect.
        ...(token === null
          ? { tokenDelivery: 'withheld-cross-device' as const }
          : { tokenDelivery: 'in-band' as const, token: token.reveal() }),
      }
    },
  })
}

const WHAT = 'device token rotation'

function knownScope(name: string): Scope | null {
  return SCOPES.find((scope) => scope === name) ?? null
}
