/** Whether keys count for ever. */
import type { Check } from '../../types.ts'
import { live } from './live.ts'

export const noExpiry: Check = {
  id: 'apikeys.no_expiry',
  severity: 'info',
  title: 'An API key never expires',
  why: 'One that was forgotten in a script opens the gateway for years (S2, SPEC 14.7).',
  find: (facts) =>
    live(facts)
      .filter(({ expiresAt }) => expiresAt === null)
      .map(({ id }) => ({
        detail: `the key ${id} has no expires_at`,
        fix: `openclaw api-keys rotate ${id} --expires 90d`,
      })),
}
