/** `token.brownout`: refuses the old token for a while, and shows who asked with it all the same (SPEC 2.9). */
import { z } from 'zod'
import { LONGEST_BROWNOUT_MS, type Brownout } from '../access/brownout.ts'
import type { SecretUse } from '../access/usage.ts'
import type { Clock } from '../core/clock.ts'
import { primaryInForce, type TokenSettings } from './token-rotation.ts'
import { Refusal, defineOperation, type Operation } from './types.ts'

export interface TokenBrownouts {
  /** `null`: none, or it is over. */
  current(): Brownout | null
  /** Resolves when it is on disk, in force, and what the old token had opened is being closed. `null` ends it. */
  set(brownout: Brownout | null): Promise<void>
  /** Who came with a token while it was refused. */
  turnedAway(): readonly SecretUse[]
}

export interface TokenBrownoutParts {
  readonly settings: Pick<TokenSettings, 'slots'>
  readonly brownout: TokenBrownouts
  readonly now: Clock
}

export interface BrownedOut {
  readonly fingerprint: string
  /** Milliseconds since the epoch; `null`: it was ended. */
  readonly until: number | null
}

const input = z.strictObject({ durationMs: z.number().int().min(0).max(LONGEST_BROWNOUT_MS) })

export function tokenBrownout({ settings, brownout, now }: TokenBrownoutParts): Operation {
  return defineOperation({
    name: 'token.brownout',
    summary:
      'Refuses the old token of a rotation for a while, an hour at most; it ends by itself, or at once with `durationMs: 0`.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/token/brownout' },
    websocket: true,
    input,
    subject: ({ durationMs }) => (durationMs === 0 ? 'end' : `for=${durationMs / 1000}s`),
    run: async ({ durationMs }): Promise<BrownedOut> => {
      const slots = settings.slots()
      const { fingerprint } = primaryInForce(slots)
      if (durationMs === 0) {
        await brownout.set(null)
        return { fingerprint, until: null }
      }
      if (slots.secondary === null) throw new Refusal('conflict', NO_ROTATION)
      if (slots.secondary.fingerprint === fingerprint) throw new Refusal('conflict', THE_SAME)
      const until = now() + durationMs
      await brownout.set({ fingerprint, until })
      return { fingerprint, until }
    },
  })
}

/** Once the rotation is over it refuses nobody: a disk that does not take its end must not keep that from whoever asked. */
export async function forgetBrownout(brownout: Pick<TokenBrownouts, 'set'>): Promise<void> {
  await brownout.set(null).catch(() => undefined)
}

const THE_SAME =
  'both tokens are the same one, and refusing it would keep everybody out: the rotation is over, remove gateway.auth.tokenSecondary'
const NO_ROTATION =
  'no rotation is running, and without a second token nobody could get in: begin one with `openclaw token rotate`'
