/** `session.delete`: logs out this browser, or every browser of the same principal. */
import { z } from 'zod'
import type { Principal } from '../access/types.ts'
import type { Clock } from '../core/clock.ts'
import { SESSION_COOKIE, SetsCookie } from './cookies.ts'
import { defineOperation, type Operation } from './types.ts'

export interface SessionDeleteParts {
  readonly sessions: {
    endOwn(principal: Principal, now: number): Promise<number>
    endAllOf(principal: Principal, now: number): Promise<number>
  }
  readonly clock: Clock
}

/** A query can only say it in words. */
const everywhere = z.union([z.boolean(), z.enum(['true', 'false'])]).default(false)

export function sessionDelete({ sessions, clock }: SessionDeleteParts): Operation {
  return defineOperation({
    name: 'session.delete',
    summary: 'Logs this browser out; with `everywhere`, every browser of the same principal.',
    requires: 'principal',
    changes: true,
    http: { method: 'DELETE', path: '/api/v1/session' },
    websocket: false,
    input: z.strictObject({ everywhere }),
    async run(input, { principal }) {
      const all = input.everywhere === true || input.everywhere === 'true'
      const ended = all
        ? await sessions.endAllOf(principal, clock())
        : await sessions.endOwn(principal, clock())
      return new SetsCookie({ name: SESSION_COOKIE, value: null, maxAgeMs: 0 }, { ended })
    },
  })
}
