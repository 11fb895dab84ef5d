/** `access.review`: what was given to whom and is not used, with what takes it away (SPEC 14.7). */
import { z } from 'zod'
import { idle, type Held, type HeldParts, heldAccess } from './held-access.ts'
import type { Clock } from '../core/clock.ts'
import { wholeNumber } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

export interface AccessReviewParts extends HeldParts {
  readonly now: Clock
}

export interface Reviewed extends Held {
  /** How long it was not used, in milliseconds; from when it was given, or from when uses are noted, where it never was. */
  readonly idleMs: number
}

const DAY_MS = 86_400_000
const input = z.strictObject({
  unusedMs: wholeNumber(0, 3_650 * DAY_MS).optional(),
})

export function accessReview(parts: AccessReviewParts): Operation {
  return defineOperation({
    name: 'access.review',
    summary:
      'Devices, senders, API keys and named users that were not used for 60 days, or `unusedMs`: what each holds, and the command that takes it away.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/access/review' },
    websocket: true,
    input,
    run: ({ unusedMs = 60 * DAY_MS }) => {
      const now = parts.now()
      const unused = heldAccess(parts, now)
        .map((held): Reviewed => ({ ...held, idleMs: idle(held, parts.lastUse.since, now) }))
        .filter(({ idleMs }) => idleMs >= unusedMs)
        .toSorted((a, b) => b.idleMs - a.idleMs)
      return { unusedMs, notedSince: parts.lastUse.since, unused }
    },
  })
}
