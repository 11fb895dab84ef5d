/** `token.rollback`: gives a rotation up. The second token goes, the first one stays (SPEC 2.9). */
import { z } from 'zod'
import { forgetBrownout, type TokenBrownouts } from './token-brownout.ts'
import type { CreatedCredential, CredentialsCreated } from './token-promote.ts'
import { rotatablePrimary, type TokenClient, type TokenSettings } from './token-rotation.ts'
import { refuseWhileUsed, stillUsing, type StillUsedParts } from './token-still-used.ts'
import { Refusal, defineOperation, type Operation } from './types.ts'

export interface TokenRollbackParts extends StillUsedParts {
  readonly settings: Pick<TokenSettings, 'slots' | 'dropSecondary'>
  readonly brownout: TokenBrownouts
  readonly created: CredentialsCreated
}

export interface RolledBack {
  /** Fingerprints: the one that stays, and the one that is no longer valid. */
  readonly kept: string
  readonly dropped: string
  /** Clients cut off by `force`. */
  readonly stragglers: readonly TokenClient[]
  readonly created: readonly CreatedCredential[]
}

const input = z.strictObject({ force: z.boolean().optional() })

export function tokenRollback(parts: TokenRollbackParts): Operation {
  return defineOperation({
    name: 'token.rollback',
    summary: 'Gives a rotation up: drops the second token; refuses while a client already uses it.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/token/rollback' },
    websocket: true,
    input,
    run: async ({ force = false }): Promise<RolledBack> => {
      const slots = parts.settings.slots()
      const kept = rotatablePrimary(slots).fingerprint
      if (slots.secondary === null)
        throw new Refusal(
          'conflict',
          'no rotation is running: gateway.auth.tokenSecondary is not set',
        )
      const dropped = slots.secondary.fingerprint
      const cutOff = stillUsing(dropped, parts)
      if (!force)
        refuseWhileUsed(
          { fingerprint: dropped, what: 'the new token', advice: ADVICE },
          cutOff,
          parts,
        )
      const created = await parts.created.createdWith(dropped)
      if ((await parts.settings.dropSecondary(dropped)) === 'changed')
        throw new Refusal(
          'conflict',
          'gateway.auth.tokenSecondary changed meanwhile; nothing was dropped. Look at `openclaw token status` and try again',
        )
      await forgetBrownout(parts.brownout)
      return { kept, dropped, stragglers: cutOff, created }
    },
  })
}

const ADVICE =
  'Move them back to the old one first (`openclaw token status` lists them), or cut them off with `openclaw token rollback --force`'
