/** `api-keys.revoke`: an API key opens nothing any more, from now on and for good. */
import * as z from 'zod'
import type { Clock } from '../core/clock.ts'
import type { ApiKeyKeeper } from './api-keys-keeper.ts'
import { viewOf, type ApiKeyView } from './api-keys-view.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export interface ApiKeysRevokeParts {
  readonly keys: Pick<ApiKeyKeeper, 'revoke'>
  readonly clock: Clock
  /** Cuts off whoever came with the key: connections, and web sessions that it made. */
  readonly onDead: (keyId: string) => void
}

export function apiKeysRevoke({ keys, clock, onDead }: ApiKeysRevokeParts): Operation {
  return defineOperation({
    name: 'api-keys.revoke',
    summary: 'Revokes an API key for good.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'DELETE', path: '/api/v1/api-keys/:id' },
    websocket: true,
    input: z.strictObject({ id: z.string().min(1) }),
    run: async ({ id }): Promise<ApiKeyView> => {
      const answer = await keys.revoke(id)
      if (answer.kind === 'refused') throw new Refusal('invalid_input', answer.message)
      onDead(id)
      return viewOf(answer.entry, clock())
    },
  })
}
