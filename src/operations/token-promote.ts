/** `token.promote`: the end of a rotation. The new token becomes the token; the old one dies (SPEC 2.9). */
import { z } from 'zod'
import { forgetBrownout, type TokenBrownouts } from './token-brownout.ts'
import { rotatablePrimary, type TokenClient, type TokenSettings } from './token-rotation.ts'
import { refuseWhileUsed, stillUsing, type StillUsedParts } from './token-still-used.ts'
import { Refusal, defineOperation, type Operation } from './types.ts'

/** A key or device that somebody made while authenticated by the old token: it outlives that token. */
export interface CreatedCredential {
  readonly kind: 'api-key' | 'device'
  readonly id: string
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The command that ends it: `openclaw api-keys revoke deploy-bot`. */
  readonly revoke: string
}

export interface CredentialsCreated {
  /** By a caller whose credential had this fingerprint; revoked and expired ones left out. */
  createdWith(fingerprint: string): Promise<readonly CreatedCredential[]>
}

export interface TokenPromoteParts extends StillUsedParts {
  readonly settings: Pick<TokenSettings, 'slots' | 'promoteSecondary'>
  readonly brownout: TokenBrownouts
  readonly created: CredentialsCreated
}

export interface Promoted {
  /** Fingerprints: the one that is the token now, and the one that is no longer valid. */
  readonly promoted: string
  readonly dropped: string
  /** Clients cut off by `force`. */
  readonly stragglers: readonly TokenClient[]
  readonly created: readonly CreatedCredential[]
}

const input = z.strictObject({ force: z.boolean().optional() })

export function tokenPromote(parts: TokenPromoteParts): Operation {
  return defineOperation({
    name: 'token.promote',
    summary: 'Makes the second token the only one; refuses while a client still uses the old one.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/token/promote' },
    websocket: true,
    input,
    run: async ({ force = false }): Promise<Promoted> => {
      const { old, next } = bothTokens(parts.settings)
      const cutOff = stillUsing(old, parts)
      if (!force)
        refuseWhileUsed({ fingerprint: old, what: 'the old token', advice: ADVICE }, cutOff, parts)

      // Asked first: nothing may fail between the old token's end and the answer that lists what it left behind.
      const created = await parts.created.createdWith(old)
      if ((await parts.settings.promoteSecondary(next)) === 'changed') {
        throw new Refusal(
          'conflict',
          'gateway.auth.tokenSecondary changed meanwhile; nothing was promoted. Look at `openclaw token status` and try again',
        )
      }
      await forgetBrownout(parts.brownout)
      return { promoted: next, dropped: old, stragglers: cutOff, created }
    },
  })
}

function bothTokens(settings: TokenPromoteParts['settings']): {
  readonly old: string
  readonly next: string
} {
  const slots = settings.slots()
  const primary = rotatablePrimary(slots)
  if (slots.secondary === null) {
    throw new Refusal(
      'conflict',
      'no rotation is running: gateway.auth.tokenSecondary is not set. Begin one with `openclaw token rotate`',
    )
  }
  return { old: primary.fingerprint, next: slots.secondary.fingerprint }
}

const ADVICE =
  'Move them to the new one first (`openclaw token status` lists them), or cut them off with `openclaw token promote --force`'
