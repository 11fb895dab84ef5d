/** `token.status`: which tokens are valid, and which clients used which of them when (SPEC 2.9). */
import { z } from 'zod'
import type { TokenBrownouts } from './token-brownout.ts'
import {
  STRAGGLER_MS,
  sourceInWords,
  tokenClients,
  type TokenClient,
  type TokenSettings,
  type TokenSlot,
  type TokenUsage,
} from './token-rotation.ts'
import { stillUsing, type StillUsedParts } from './token-still-used.ts'
import { defineOperation, type Operation } from './types.ts'

/** A browser that logged in with a token: it ends with it. */
export interface TokenSession {
  /** `kind:id`. */
  readonly principal: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly lastSeenAt: number
}

export interface TokenStatusParts extends StillUsedParts {
  readonly settings: Pick<TokenSettings, 'slots'>
  readonly brownout: TokenBrownouts
  /** Sessions that the token with this fingerprint opened. */
  readonly sessionsOf: (fingerprint: string) => readonly TokenSession[]
}

export function tokenStatus(parts: TokenStatusParts): Operation {
  return defineOperation({
    name: 'token.status',
    summary:
      'Which tokens are valid, which clients used which of them when, and who is turned away by a brown-out.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/token' },
    websocket: true,
    input: z.strictObject({}),
    run: () => {
      const { settings, usage, connections, now } = parts
      const at = now()
      const { mode, primary, secondary } = settings.slots()
      const old =
        secondary === null || primary === null ? [] : stillUsing(primary.fingerprint, parts)
      const lastUsed = primary === null ? null : usage.lastUsedAt(primary.fingerprint)
      const quiet = old.length === 0 && (lastUsed === null || at - lastUsed >= STRAGGLER_MS)
      return {
        mode,
        primary: shown(primary, usage),
        secondary: shown(secondary, usage),
        clients: tokenClients(usage, connections, at).map((client) => named(client, parts)),
        sessions: [primary, secondary].flatMap((slot) => sessionsOf(slot, parts)),
        brownout: brownoutOf(parts),
        rotation: {
          running: secondary !== null,
          stragglers: old.length,
          ready: secondary !== null && quiet,
          // Else it is changed where it is kept, and no command here does that.
          rotatable: primary?.source.kind === 'config',
        },
      }
    },
  })
}

function named(client: TokenClient, { deviceName }: TokenStatusParts) {
  const { device } = client
  return { ...client, deviceName: device === '' ? null : deviceName(device) }
}

function sessionsOf(slot: TokenSlot | null, parts: TokenStatusParts) {
  if (slot === null) return []
  const { fingerprint } = slot
  return parts.sessionsOf(fingerprint).map((session) => ({ fingerprint, ...session }))
}

/** `null` while it refuses nobody. */
function brownoutOf(parts: TokenStatusParts) {
  const current = parts.brownout.current()
  const { primary, secondary } = parts.settings.slots()
  if (current === null || secondary === null) return null
  if (current.fingerprint !== primary?.fingerprint) return null
  const away = { list: () => parts.brownout.turnedAway(), lastUsedAt: () => null }
  const turnedAway = tokenClients(away, { open: () => [] }, parts.now())
    .filter(({ fingerprint }) => fingerprint === current.fingerprint)
    .map((client) => named(client, parts))
  return { ...current, turnedAway }
}

function shown(slot: TokenSlot | null, usage: TokenUsage) {
  if (slot === null) return null
  const { fingerprint, source } = slot
  return { fingerprint, source: sourceInWords(source), lastUsedAt: usage.lastUsedAt(fingerprint) }
}
