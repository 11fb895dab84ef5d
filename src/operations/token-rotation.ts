/** What `token status`, `token rotate` and `token promote` share: the two token slots and who still uses which. */
import type { SecretUse, SecretUser } from '../access/usage.ts'
import type { AccessPolicy } from '../access/types.ts'
import type { Secret } from '../core/secret.ts'
import { Refusal } from './types.ts'

/** Where a token's value comes from. Only one that stands in the config file can be rotated by us. */
export type TokenSource =
  | { readonly kind: 'config'; readonly file: string }
  /** In words: `environment variable OPENCLAW_GATEWAY_TOKEN`, `--token`. */
  | { readonly kind: 'elsewhere'; readonly name: string }

export interface TokenSlot {
  readonly fingerprint: string
  readonly source: TokenSource
}

export interface TokenSlots {
  readonly mode: AccessPolicy['mode']
  /** `gateway.auth.token`; `null` when none is live. */
  readonly primary: TokenSlot | null
  /** `gateway.auth.tokenSecondary`; `null` when no rotation runs. */
  readonly secondary: TokenSlot | null
}

/** Edits the config file under its lock and resolves once the gateway judges by the new one (SPEC 2.9). */
export interface TokenSettings {
  slots(): TokenSlots
  /** `exists`: somebody else wrote a secondary first; nothing was changed. */
  addSecondary(token: Secret): Promise<'written' | 'exists'>
  /** Makes the secondary with this fingerprint the token. `changed`: it is another one by now; nothing was changed. */
  promoteSecondary(fingerprint: string): Promise<'promoted' | 'changed'>
  /** Gives the secondary with this fingerprint up. `changed`: it is another one by now; nothing was changed. */
  dropSecondary(fingerprint: string): Promise<'dropped' | 'changed'>
}

/** The part of `access/usage.ts` that is read here. */
export interface TokenUsage {
  list(): readonly SecretUse[]
  lastUsedAt(fingerprint: string): number | null
}

/** A WebSocket that a shared secret opened and that is open now: it uses its token as long as it lives. */
export type TokenConnection = SecretUser

export interface TokenConnections {
  open(): readonly TokenConnection[]
}

/** One client as people are shown it. */
export interface TokenClient {
  readonly fingerprint: string
  readonly address: string
  readonly principal: string
  readonly client: string
  /** Id of the device that it came with; `''` without one. */
  readonly device: string
  /** Milliseconds since the epoch. */
  readonly lastUsedAt: number
  readonly uses: number
  readonly connected: boolean
}

/** A client that used the old token this recently still depends on it. */
export const STRAGGLER_MS = 60 * 60 * 1000

/** Uses and open connections together, latest first. `now`: milliseconds since the epoch. */
export function tokenClients(
  usage: TokenUsage,
  connections: TokenConnections,
  now: number,
): TokenClient[] {
  const clients = new Map<string, TokenClient>()
  for (const { fingerprint, address, principal, client, device, lastAt, uses } of usage.list()) {
    const seen = {
      fingerprint,
      address,
      principal,
      client,
      device,
      lastUsedAt: lastAt,
      uses,
      connected: false,
    }
    clients.set(keyOf(seen), seen)
  }
  for (const open of connections.open()) {
    const { fingerprint, address, principal, client, device } = open
    const uses = clients.get(keyOf(open))?.uses ?? 1
    clients.set(keyOf(open), {
      fingerprint,
      address,
      principal,
      client,
      device,
      lastUsedAt: now,
      uses,
      connected: true,
    })
  }
  return [...clients.values()].sort((a, b) => b.lastUsedAt - a.lastUsedAt)
}

/** Those that would be cut off if this token went. A use in the future (the clock jumped) is a recent one. */
export function stragglers(
  clients: readonly TokenClient[],
  fingerprint: string,
  now: number,
): TokenClient[] {
  return clients.filter(
    (client) => client.fingerprint === fingerprint && now - client.lastUsedAt < STRAGGLER_MS,
  )
}

/** The primary, wherever it comes from. Refuses where no token is in force. */
export function primaryInForce({ mode, primary }: TokenSlots): TokenSlot {
  if (primary !== null) return primary
  throw new Refusal(
    'conflict',
    `no gateway token is in force: gateway.auth.mode is "${mode}". \`openclaw config explain gateway.auth.mode\` says why`,
  )
}

/** The primary, if it is ours to change. Refuses, naming the source, when it does not come from the config file. */
export function rotatablePrimary(slots: TokenSlots): TokenSlot {
  const primary = primaryInForce(slots)
  if (primary.source.kind === 'config') return primary
  throw new Refusal(
    'conflict',
    `the token in force (${primary.fingerprint}) comes from ${primary.source.name}, not from the config file: change it there. ` +
      'To let both be valid meanwhile, set gateway.auth.tokenSecondary to the new one',
  )
}

/** `openclaw.json`, `environment variable …`: for people. */
export function sourceInWords(source: TokenSource): string {
  return source.kind === 'config' ? source.file : source.name
}

function keyOf({ fingerprint, address, principal, client, device }: TokenConnection): string {
  return `${fingerprint}\n${address}\n${principal}\n${device}\n${client}`
}
