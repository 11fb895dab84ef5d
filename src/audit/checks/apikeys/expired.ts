/** Whether keys are past their day and still listed. */
import type { Check } from '../../types.ts'

export const expired: Check = {
  id: 'apikeys.expired',
  severity: 'info',
  title: 'An API key has expired',
  why: 'It opens nothing any more (S2): whoever uses it is refused, and whoever reads the list takes it for a way in.',
  find: ({ apiKeys, now }) =>
    (apiKeys ?? [])
      .filter(({ revoked, expiresAt }) => !revoked && expiresAt !== null && expiresAt <= now)
      .map(({ id, expiresAt }) => ({
        detail: `the key ${id} expired at ${new Date(expiresAt ?? 0).toISOString()}`,
        fix: `openclaw api-keys rotate ${id}, or openclaw api-keys revoke ${id}`,
      })),
}
