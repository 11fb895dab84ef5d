/** API keys that have the value of a configured secret: two trust classes must never share one (R63). */
import { secretsOf } from '../config/secrets-of.ts'
import type { Config } from '../config/schema.ts'
import type { ClassedSecret } from '../config/trust-classes.ts'
import type { ApiKeys } from '../access/types.ts'

export function keysLikeSecrets(config: Config, apiKeys: ApiKeys): readonly ClassedSecret[] {
  return secretsOf(config).flatMap(({ secret }) => {
    const key = apiKeys.find(secret.digest())
    return key === null
      ? []
      : [{ class: 'api-key', name: `API key ${key.id}`, digest: secret.digest() }]
  })
}
