/** `api-keys.list`: every API key, with what it may do and whether it still opens anything. */
import * as z from 'zod'
import type { Clock } from '../core/clock.ts'
import type { ApiKeyKeeper } from './api-keys-keeper.ts'
import { viewOf, type ApiKeyView } from './api-keys-view.ts'
import { defineOperation, type Operation } from './types.ts'

export interface ApiKeysListParts {
  readonly keys: Pick<ApiKeyKeeper, 'list'>
  readonly clock: Clock
}

export function apiKeysList({ keys, clock }: ApiKeysListParts): Operation {
  return defineOperation({
    name: 'api-keys.list',
    summary: 'Lists the API keys; shows fingerprints, never a key.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/api-keys' },
    websocket: true,
    input: z.strictObject({}),
    run: (): { readonly keys: readonly ApiKeyView[] } => {
      const now = clock()
      return { keys: keys.list().map((key) => viewOf(key, now)) }
    },
  })
}
