/** Who would be cut off if a token went, in words, and the refusal while somebody would (SPEC 2.9). */
import type { Clock } from '../core/clock.ts'
import { shortId } from '../core/ids.ts'
import type { TokenBrownouts } from './token-brownout.ts'
import {
  STRAGGLER_MS,
  stragglers,
  tokenClients,
  type TokenClient,
  type TokenConnections,
  type TokenUsage,
} from './token-rotation.ts'
import { Refusal } from './types.ts'

export interface StillUsedParts {
  readonly usage: TokenUsage
  readonly connections: TokenConnections
  readonly brownout: Pick<TokenBrownouts, 'turnedAway'>
  /** What people call a device; `null`: it has no name, or is not known any more. */
  readonly deviceName: (deviceId: string) => string | null
  readonly now: Clock
}

/** Used within the last hour, connected, or turned away within it by a brown-out. */
export function stillUsing(fingerprint: string, parts: StillUsedParts): TokenClient[] {
  const at = parts.now()
  const using = stragglers(tokenClients(parts.usage, parts.connections, at), fingerprint, at)
  const refused = tokenClients(
    { list: () => parts.brownout.turnedAway(), lastUsedAt: () => null },
    { open: () => [] },
    at,
  )
  const names = new Set(using.map(nameOf))
  return [
    ...using,
    ...stragglers(refused, fingerprint, at).filter((one) => !names.has(nameOf(one))),
  ]
}

/** `192.0.2.1 (researcher, device "Ann's laptop")`. */
export function clientInWords(
  { address, client, device }: TokenClient,
  parts: StillUsedParts,
): string {
  const name = device === '' ? '' : `device "${parts.deviceName(device) ?? shortId(device)}"`
  const known = [client, name].filter((word) => word !== '').join(', ')
  return known === '' ? address : `${address} (${known})`
}

/** Of a token that goes, which one and how to let it go all the same. */
export interface Leaving {
  readonly fingerprint: string
  /** `the old token`. */
  readonly what: string
  /** What to do first, and what cuts them off: one sentence each. */
  readonly advice: string
}

/** Also for a use by a client that the list had no room for. */
export function refuseWhileUsed(
  { fingerprint, what, advice }: Leaving,
  cutOff: readonly TokenClient[],
  parts: StillUsedParts,
): void {
  const lastUsed = parts.usage.lastUsedAt(fingerprint)
  const recent = lastUsed !== null && parts.now() - lastUsed < STRAGGLER_MS
  if (cutOff.length === 0 && !recent) return
  const named = cutOff.slice(0, 5).map((client) => clientInWords(client, parts))
  const more = cutOff.length > named.length || cutOff.length === 0 ? ['others'] : []
  throw new Refusal(
    'conflict',
    `${what} (${fingerprint}) was used within the last hour by ${[...named, ...more].join(', ')}. ${advice}`,
  )
}

function nameOf({ address, client, device }: TokenClient): string {
  return JSON.stringify([address, client, device])
}
