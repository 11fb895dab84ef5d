/** `api-keys.create`: makes an API key and shows it once (S2, SPEC 2.7). */
import * as z from 'zod'
import { API_KEY_PERMISSIONS, scopesOfPermissions } from '../access/api-key-permissions.ts'
import { holds, type Scope } from '../access/scopes.ts'
import type { Clock } from '../core/clock.ts'
import { parseExpiry } from './api-keys-expiry.ts'
import type { ApiKeyKeeper, MintedApiKey, NotChanged } from './api-keys-keeper.ts'
import { viewOf, type ApiKeyView } from './api-keys-view.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export interface ApiKeysCreateParts {
  readonly keys: Pick<ApiKeyKeeper, 'create'>
  readonly clock: Clock
}

/** `key` is shown here once and never again. */
export interface ShownApiKey extends ApiKeyView {
  readonly key: string
}

const MAX_NAME_LENGTH = 100
const MAX_RATE_LIMIT = 1_000_000_000

const input = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'give the key a name')
    .max(MAX_NAME_LENGTH)
    // A name is printed in terminals and logs.
    .regex(/^\P{C}*$/u, 'may have no control characters'),
  permissions: z
    .array(
      z.enum(API_KEY_PERMISSIONS, { error: `permissions are ${API_KEY_PERMISSIONS.join(', ')}` }),
    )
    .min(1, `give at least one of ${API_KEY_PERMISSIONS.join(', ')}`),
  expires: z.string().default('never'),
  rateLimit: z.int().min(1).max(MAX_RATE_LIMIT).nullable().default(null),
})

export function apiKeysCreate({ keys, clock }: ApiKeysCreateParts): Operation {
  return defineOperation({
    name: 'api-keys.create',
    summary: 'Makes an API key and shows it once.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/api-keys' },
    websocket: true,
    input,
    run: async ({ name, expires, rateLimit, ...asked }, { principal }): Promise<ShownApiKey> => {
      const permissions = [...new Set(asked.permissions)]
      if (!mayMint(principal.scopes, scopesOfPermissions(permissions).scopes)) {
        throw new Refusal('missing_scope', 'a key may not grant more than you hold')
      }
      const expiresAt = parseExpiry(expires, clock())
      return shown(await keys.create({ name, permissions, expiresAt, rateLimit }), clock())
    },
  })
}

/** A minted key never exceeds whoever mints it (R10). */
export function mayMint(held: readonly Scope[], granted: readonly Scope[]): boolean {
  return granted.every((scope) => holds(held, scope))
}

/** `now`: milliseconds since the epoch. */
export function shown(answer: MintedApiKey | NotChanged, now: number): ShownApiKey {
  if (answer.kind === 'refused') throw new Refusal('invalid_input', answer.message)
  const { id, ...rest } = viewOf(answer.entry, now)
  return { id, key: answer.key.reveal(), ...rest }
}
