/** `token.status`: which tokens are valid, and which clients used which of them when (SPEC 2.9). */
import { z } from 'zod'
import type { Clock } from '../core/clock.ts'
import {
  STRAGGLER_MS,
  sourceInWords,
  stragglers,
  tokenClients,
  type TokenConnections,
  type TokenSettings,
  type TokenSlot,
  type TokenUsage,
} from './token-rotation.ts'
import { defineOperation, type Operation } from './types.ts'

export interface TokenStatusParts {
  readonly settings: Pick<TokenSettings, 'slots'>
  readonly usage: TokenUsage
  readonly connections: TokenConnections
  readonly now: Clock
}

export function tokenStatus({ settings, usage, connections, now }: TokenStatusParts): Operation {
  return defineOperation({
    name: 'token.status',
    summary: 'Which tokens are valid, and which clients used which of them when.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/token' },
    websocket: true,
    input: z.strictObject({}),
    run: () => {
      const at = now()
      const { mode, primary, secondary } = settings.slots()
      const clients = tokenClients(usage, connections, at)
      const old =
        secondary === null || primary === null ? [] : stragglers(clients, primary.fingerprint, at)
      const lastUsed = primary === null ? null : usage.lastUsedAt(primary.fingerprint)
      const quiet = old.length === 0 && (lastUsed === null || at - lastUsed >= STRAGGLER_MS)
      return {
        mode,
        primary: shown(primary, usage),
        secondary: shown(secondary, usage),
        clients,
        rotation: {
          running: secondary !== null,
          stragglers: old.length,
          ready: secondary !== null && quiet,
        },
      }
    },
  })
}

function shown(slot: TokenSlot | null, usage: TokenUsage) {
  if (slot === null) return null
  const { fingerprint, source } = slot
  return { fingerprint, source: sourceInWords(source), lastUsedAt: usage.lastUsedAt(fingerprint) }
}
