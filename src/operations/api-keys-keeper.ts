/** What the API key operations need of whoever keeps the keys; `storage/api-keys-file.ts` does. */
import type { Scope } from '../access/scopes.ts'
import type { ApiKey } from '../access/types.ts'
import type { Secret } from '../core/secret.ts'

/** A key as operators see it. Holds no secret. */
export interface KeptApiKey extends ApiKey {
  readonly permissions: readonly string[]
  /** Milliseconds since the epoch; `null` when nobody wrote it down. */
  readonly createdAt: number | null
  readonly fingerprint: string
  /** The key itself stands in the file, not its digest. */
  readonly plain: boolean
  /** Too weak: nobody is let in with it. */
  readonly refused: boolean
}

export interface NewApiKey {
  readonly name: string
  readonly permissions: readonly string[]
  /** Milliseconds since the epoch; `null` never. */
  readonly expiresAt: number | null
  /** Requests per `security.rateLimit.windowMs`; `null` no limit. */
  readonly rateLimit: number | null
}

export interface Rotation {
  readonly id: string
  /** `keep`: as it is; of a key that has expired, as long from now as it was valid. */
  readonly expiry: { readonly kind: 'keep' } | { readonly kind: 'set'; readonly at: number | null }
  /** Asked, while nobody else can change the key, whether the caller may hold what it grants (R10). */
  readonly mayMint: (scopes: readonly Scope[]) => boolean
}

/** `key` is here once and never again. */
export interface MintedApiKey {
  readonly kind: 'minted'
  readonly key: Secret
  readonly entry: KeptApiKey
}
/** In words for the caller: no such key, or a file that cannot be read. Nothing was changed. */
export interface NotChanged {
  readonly kind: 'refused'
  readonly message: string
}

/** Every change is on disk, and in force, when its promise resolves. */
export interface ApiKeyKeeper {
  list(): readonly KeptApiKey[]
  create(key: NewApiKey): Promise<MintedApiKey | NotChanged>
  /** A key that was revoked before stays as it is. */
  revoke(id: string): Promise<{ readonly kind: 'revoked'; readonly entry: KeptApiKey } | NotChanged>
  /** The old key is dead at once. */
  rotate(rotation: Rotation): Promise<MintedApiKey | NotChanged>
}
