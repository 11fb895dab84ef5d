/** The keys that open something now. */
import type { ApiKeyFact, AuditFacts } from '../../types.ts'

export function live({ apiKeys, now }: AuditFacts): readonly ApiKeyFact[] {
  return (apiKeys ?? []).filter(
    ({ revoked, expiresAt }) => !revoked && (expiresAt === null || expiresAt > now),
  )
}
