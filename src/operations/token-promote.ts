/** `token.promote`: the end of a rotation. The new token becomes the token; the old one dies (SPEC 2.9). */
import { z } from 'zod'
import type { Clock } from '../core/clock.ts'
import {
  STRAGGLER_MS,
  rotatablePrimary,
  stragglers,
  tokenClients,
  type TokenClient,
  type TokenConnections,
  type TokenSettings,
  type TokenUsage,
} from './token-rotation.ts'
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

export interface TokenPromoteParts {
  readonly settings: Pick<TokenSettings, 'slots' | 'promoteSecondary'>
  readonly usage: TokenUsage
  readonly connections: TokenConnections
  readonly created: CredentialsCreated
  readonly now: Clock
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
      const cutOff = clientsOf(old, parts)
      if (!force) refuseWhileUsed(old, cutOff, parts)

      // Asked first: nothing may fail between the old token's end and the answer that lists what it left behind.
      const created = await parts.created.createdWith(old)
      if ((await parts.settings.promoteSecondary(next)) === 'changed') {
        throw new Refusal(
          'conflict',
          'gateway.auth.tokenSecondary changed meanwhile; nothing was promoted. Look at `openclaw token status` and try again',
        )
      }
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

function clientsOf(
  fingerprint: string,
  { usage, connections, now }: TokenPromoteParts,
): TokenClient[] {
  const at = now()
  return stragglers(tokenClients(usage, connections, at), fingerprint, at)
}

function refuseWhileUsed(
  old: string,
  cutOff: readonly TokenClient[],
  { usage, now }: TokenPromoteParts,
): void {
  const lastUsed = usage.lastUsedAt(old)
  const recent = lastUsed !== null && now() - lastUsed < STRAGGLER_MS
  if (cutOff.length === 0 && !recent) return
  const named = cutOff
    .slice(0, 5)
    .map(({ address, client }) => (client === '' ? address : `${address} (${client})`))
  const more = cutOff.length > named.length || cutOff.length === 0 ? ['others'] : []
  throw new Refusal(
    'conflict',
    `the old token (${old}) was used within the last hour by ${[...named, ...more].join(', ')}. Move them to the new one ` +
      'first (`openclaw token status` lists them), or cut them off with `openclaw token promote --force`',
  )
}
