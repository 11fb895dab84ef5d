/** `api-keys.rotate`: gives an API key a new secret; the old one is dead at once. */
import * as z from 'zod'
import type { Clock } from '../core/clock.ts'
import { mayMint, shown, type ShownApiKey } from './api-keys-create.ts'
import { parseExpiry } from './api-keys-expiry.ts'
import type { ApiKeyKeeper } from './api-keys-keeper.ts'
import { defineOperation, type Operation } from './types.ts'

export interface ApiKeysRotateParts {
  readonly keys: Pick<ApiKeyKeeper, 'rotate'>
  readonly clock: Clock
  /** Cuts off whoever came with the old key: connections, and web sessions that it made. */
  readonly onDead: (keyId: string) => void
}

export function apiKeysRotate({ keys, clock, onDead }: ApiKeysRotateParts): Operation {
  return defineOperation({
    name: 'api-keys.rotate',
    summary: 'Gives an API key a new secret and shows it once; the old one is dead at once.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/api-keys/:id/rotate' },
    websocket: true,
    input: z.strictObject({ id: z.string().min(1), expires: z.string().optional() }),
    run: async ({ id, expires }, { principal }): Promise<ShownApiKey> => {
      const answer = await keys.rotate({
        id,
        expiry:
          expires === undefined
            ? { kind: 'keep' }
            : { kind: 'set', at: parseExpiry(expires, clock()) },
        mayMint: (granted) => mayMint(principal.scopes, granted),
      })
      if (answer.kind === 'minted') onDead(id)
      return shown(answer, clock())
    },
  })
}
