/** `lockouts.list`: who made too many wrong guesses, and until when they are refused (SPEC 2.4). */
import * as z from 'zod'
import type { Lock } from '../access/throttle-locks.ts'
import type { Clock } from '../core/clock.ts'
import { defineOperation, type Operation } from './types.ts'

export interface LockoutsListParts {
  /** `access/throttle.ts`. */
  readonly throttle: { list(): readonly Lock[] }
  readonly clock: Clock
}

export interface LockoutView {
  /** An address, or the bucket of several: an IPv6 /64; when very many guess, a /16 or /48, or `*`. */
  readonly address: string
  readonly class: Lock['class']
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly retryAfterMs: number
}

export function lockoutsList({ throttle, clock }: LockoutsListParts): Operation {
  return defineOperation({
    name: 'lockouts.list',
    summary: 'Lists the addresses that made too many wrong guesses.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/lockouts' },
    websocket: true,
    input: z.strictObject({}),
    run: (): { readonly lockouts: readonly LockoutView[] } => {
      const now = clock()
      return { lockouts: throttle.list().map((lock) => viewOf(lock, now)) }
    },
  })
}

function viewOf({ address, class: cls, until }: Lock, now: number): LockoutView {
  return { address, class: cls, until, retryAfterMs: Math.max(0, until - now) }
}
