/** Every secret that the configuration names, in force or not: one that lost against the environment is a secret all the same (R59). */
import type { Loaded } from '../config/load.ts'
import { secretsOf } from '../config/secrets-of.ts'
import { Secret } from '../core/secret.ts'

/** Where more than one source can name a value. */
const CONTESTED = ['token', 'tokenSecondary', 'password'] as const

export function knownSecrets(loaded: Loaded): readonly Secret[] {
  const losers = CONTESTED.flatMap((name) =>
    loaded
      .offers(['gateway', 'auth', name])
      .flatMap(({ value }) => (typeof value === 'string' ? [new Secret(value)] : [])),
  )
  return [...secretsOf(loaded.config).map(({ secret }) => secret), ...loaded.kept, ...losers]
}
