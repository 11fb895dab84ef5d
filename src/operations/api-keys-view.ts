/** An API key as `api-keys list` and the API show it: no secret; times are milliseconds since the epoch. */
import type { Scope } from '../access/scopes.ts'
import type { KeptApiKey } from './api-keys-keeper.ts'

export interface ApiKeyView {
  readonly id: string
  readonly name: string
  /** `refused`: too weak for where this gateway listens. */
  readonly state: 'active' | 'expired' | 'revoked' | 'refused'
  readonly permissions: readonly string[]
  readonly scopes: readonly Scope[]
  readonly createdAt: number | null
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  readonly rateLimit: number | null
  readonly fingerprint: string
  /** The key itself stands in the file, not its digest. */
  readonly plainText: boolean
}

/** `now`: milliseconds since the epoch. */
export function viewOf(key: KeptApiKey, now: number): ApiKeyView {
  return {
    id: key.id,
    name: key.name,
    state: stateOf(key, now),
    permissions: key.permissions,
    scopes: key.scopes,
    createdAt: key.createdAt,
    expiresAt: key.expiresAt,
    revokedAt: key.revokedAt,
    rateLimit: key.rateLimit,
    fingerprint: key.fingerprint,
    plainText: key.plain,
  }
}

function stateOf({ revokedAt, refused, expiresAt }: KeptApiKey, now: number): ApiKeyView['state'] {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt !== null && expiresAt <= now) return 'expired'
  return refused ? 'refused' : 'active'
}
