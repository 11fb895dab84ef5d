/** Whether keys stand in their file as they are. */
import { namedByOthers } from '../../distrust.ts'
import type { Check } from '../../types.ts'

export const plainText: Check = {
  id: 'apikeys.plain_text',
  severity: 'warning',
  title: 'API keys stand in their file in plain text',
  why: 'Whoever reads the file, or an old copy of it, holds the keys; a digest is enough to recognise them (S2, SPEC 2.7). --fix writes the digests, and keeps no copy with the keys in it. A key that could be guessed stays as it is: as a digest nobody could tell any more.',
  find(facts) {
    const { apiKeys, config } = facts
    const plain = (apiKeys ?? []).filter((key) => key.plain)
    if (plain.length === 0) return []
    const path = config.security.apiKeys.file
    const strong = plain.some(({ weak }) => !weak)
    const mendable = strong && !namedByOthers(path, facts)
    const fix = strong
      ? 'openclaw security audit --fix'
      : `openclaw api-keys rotate ${plain[0]?.id}`
    const detail = `${path} holds ${plain.length} of them: ${plain.map(({ id }) => id).join(', ')}`
    return [{ detail, fix, repairs: mendable ? [{ kind: 'hash-api-keys', path }] : [] }]
  },
}
