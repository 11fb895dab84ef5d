/** Whether one key may do all that a key may. */
import type { Check } from '../../types.ts'
import { live } from './live.ts'

export const broad: Check = {
  id: 'apikeys.broad',
  severity: 'warning',
  title: 'An API key may write and run tools',
  why: 'A key is a script’s, and a script seldom needs both (S2): one that leaks sends messages in your name and acts on this host.',
  find: (facts) =>
    live(facts)
      .filter(
        ({ scopes }) => scopes.includes('operator.write') && scopes.includes('operator.tools'),
      )
      .map(({ id, permissions }) => ({
        detail: `the key ${id} has ${permissions.join(', ')}`,
        fix: `Make one key for each purpose: openclaw api-keys create, then openclaw api-keys revoke ${id}`,
      })),
}
