/** A key of the S2 file: `Authorization: Bearer sk-…` or `X-API-Key: sk-…`. */
import { accept, reject, type PresentedMethod } from './types.ts'

export const apiKey: PresentedMethod = {
  name: 'api-key',
  class: 'api-key',
  verify({ secret }, { access: { policy, apiKeys } }, now) {
    if (!policy.apiKeysEnabled) return reject('api_keys_disabled')

    const key = apiKeys.find(secret.digest())
    if (key === null) return reject('api_key_unknown')
    if (key.revokedAt !== null) return reject('api_key_revoked', `key ${key.id}`)
    if (key.expiresAt !== null && key.expiresAt <= now)
      return reject('api_key_expired', `key ${key.id}`)

    return accept({
      kind: 'api-key',
      id: key.id,
      displayName: key.name,
      role: 'operator',
      scopes: key.scopes,
      credentialId: `api-key:${key.id}:${secret.digest()}`,
    })
  },
}

/** The digest in the credential id of a key's principal: what a web session that the key made remembers. */
export function keyDigestOf(credentialId: string): string {
  return credentialId.slice(credentialId.lastIndexOf(':') + 1)
}
