/** `device.pair.forget`: drops removed devices, so that there is room to remember others. */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { forget } from '../pairing/forget.ts'
import { callingActor, denied } from './device-answer.ts'
import type { DevicePairParts } from './device-pair-list.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

/** The last moment that a date can say (ECMA-262, time values). */
const LATEST_MS = 8.64e15

export function devicePairForget({ desk }: Pick<DevicePairParts, 'desk'>): Operation {
  return defineOperation({
    name: 'device.pair.forget',
    summary:
      'Forgets removed devices: one that comes back is a new one, which asks or is let in unasked where new ones are.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/devices/removed/forget' },
    websocket: true,
    input: z.strictObject({
      removedBeforeMs: z.int().min(0).max(LATEST_MS).optional(),
      all: z.boolean().default(false),
      dryRun: z.boolean().default(false),
    }),
    subject: ({ removedBeforeMs, dryRun }) => {
      const which =
        removedBeforeMs === undefined
          ? 'removed=any'
          : `removedBefore=${new Date(removedBeforeMs).toISOString()}`
      return dryRun ? `${which} dryRun` : which
    },
    async run({ removedBeforeMs = null, all, dryRun }, call) {
      // Nobody forgets everything by leaving something out.
      if (all === (removedBeforeMs !== null))
        throw new Refusal('invalid_input', 'give either removedBeforeMs or all: true')
      const answer = await forget(
        desk,
        { removedBefore: removedBeforeMs, dryRun },
        callingActor(call),
      )
      switch (answer.kind) {
        case 'forgotten': {
          const { forgotten, remembered } = answer
          return { forgotten, remembered, dryRun }
        }
        case 'denied':
          throw denied('forgetting devices')
        default:
          return unreachable(answer)
      }
    },
  })
}
