/** Everything that was given to somebody in particular and is in force: devices, senders, API keys, named users. */
import { expired } from '../access/devices.ts'
import { keySubject, senderSubject, userSubject, type LastUse } from '../access/last-use.ts'
import type { Scope } from '../access/scopes.ts'
import { shortId } from '../core/ids.ts'
import { shellWord } from '../core/shell-word.ts'
import type { PairedDevice } from '../pairing/types.ts'
import { isPast } from '../senders/admit.ts'
import { DEFAULT_ACCOUNT, senderName } from '../senders/desk.ts'
import type { SenderApproval } from '../senders/types.ts'
import type { KeptApiKey } from './api-keys-keeper.ts'
import { viewOf } from './api-keys-view.ts'

export interface Held {
  readonly kind: 'device' | 'sender' | 'api-key' | 'user'
  /** `device:3f2a9c01b2d4`, `sender:telegram:1234`, `api-key:ci`, `user:ann@example.com`: names it here and on the command line. */
  readonly ref: string
  /** For people. */
  readonly name: string
  /** Scopes with their role, or in words. */
  readonly holds: readonly string[]
  /** Milliseconds since the epoch; `null` when nobody wrote it down. */
  readonly givenAt: number | null
  /** `null`: never, as far as is known. */
  readonly lastUsedAt: number | null
  /** What takes it away, on the command line and over the wire. */
  readonly command: string
  readonly revoke: { readonly method: string; readonly params: object }
}

export interface HeldParts {
  readonly lastUse: Pick<LastUse, 'lastAt' | 'since'>
  readonly devices: () => readonly PairedDevice[]
  readonly connected: (deviceId: string) => boolean
  readonly approvals: () => readonly SenderApproval[]
  readonly keys: () => readonly KeptApiKey[]
  /** `gateway.auth.identityScopes`; `null` where it is not set. */
  readonly users: () => ReadonlyMap<string, readonly Scope[]> | null
}

/** `now`: milliseconds since the epoch. What is over already is left out. */
export function heldAccess(parts: HeldParts, now: number): readonly Held[] {
  return [
    ...parts.devices().flatMap((device) => heldByDevice(device, parts, now)),
    ...parts.approvals().flatMap((approval) => heldBySender(approval, parts, now)),
    ...parts.keys().flatMap((key) => heldByKey(key, parts, now)),
    ...[...(parts.users() ?? [])].flatMap(([login, scopes]) => heldByUser(login, scopes, parts)),
  ]
}

/** How long it was not used. `since`: before it uses were not noted, so that nobody was idle for longer. */
export function idle({ kind, givenAt, lastUsedAt }: Held, since: number, now: number): number {
  const known = lastUsedAt ?? givenAt ?? 0
  // Devices were noted from the beginning.
  const from = kind === 'device' || lastUsedAt !== null ? known : Math.max(known, since)
  return Math.max(0, now - from)
}

function heldByDevice(
  { id, name, grants, approvedAt, lastSeenAt }: PairedDevice,
  { connected }: HeldParts,
  now: number,
): readonly Held[] {
  const live = grants.filter((grant) => !expired(grant, now))
  if (live.length === 0) return []
  const used = [lastSeenAt, ...live.map(({ lastUsedAt }) => lastUsedAt), connected(id) ? now : null]
  const times = used.filter((at) => at !== null)
  return [
    {
      kind: 'device',
      ref: `device:${shortId(id)}`,
      name,
      holds: live.map(({ role, scopes }) => [role, ...scopes].join(' ')),
      givenAt: approvedAt,
      lastUsedAt: times.length === 0 ? null : Math.max(...times),
      command: `openclaw devices remove ${shortId(id)}`,
      revoke: { method: 'device.pair.remove', params: { deviceId: id } },
    },
  ]
}

function heldBySender(
  approval: SenderApproval,
  { lastUse }: HeldParts,
  now: number,
): readonly Held[] {
  if (isPast(approval, now)) return []
  const { channel, account, id, displayName, approvedAt } = approval
  const where = account === DEFAULT_ACCOUNT ? '' : ` --account ${shellWord(account)}`
  return [
    {
      kind: 'sender',
      ref: `sender:${senderName(approval)}`,
      name: displayName,
      holds: ['writes to the agents'],
      givenAt: approvedAt,
      lastUsedAt: lastUse.lastAt(senderSubject(channel, account, id)),
      command: `openclaw pairing revoke ${channel} ${shellWord(id)}${where}`,
      revoke: { method: 'channels.pairing.revoke', params: { channel, sender: id, account } },
    },
  ]
}

function heldByKey(key: KeptApiKey, { lastUse }: HeldParts, now: number): readonly Held[] {
  if (viewOf(key, now).state !== 'active') return []
  return [
    {
      kind: 'api-key',
      ref: `api-key:${key.id}`,
      name: key.name,
      holds: key.scopes,
      givenAt: key.createdAt,
      lastUsedAt: lastUse.lastAt(keySubject(key.id)),
      command: `openclaw api-keys revoke ${shellWord(key.id)}`,
      revoke: { method: 'api-keys.revoke', params: { id: key.id } },
    },
  ]
}

/** An entry that is taken out gives read and write, as to everybody whom the proxy names: an empty one gives nothing. */
function heldByUser(
  login: string,
  scopes: readonly Scope[],
  { lastUse }: HeldParts,
): readonly Held[] {
  if (scopes.length === 0) return []
  const path = `gateway.auth.identityScopes[${JSON.stringify(login)}]`
  return [
    {
      kind: 'user',
      ref: `user:${login}`,
      name: login,
      holds: scopes,
      givenAt: null,
      lastUsedAt: lastUse.lastAt(userSubject(login)),
      command: `openclaw config set ${shellWord(path)} '[]'`,
      revoke: { method: 'config.change', params: { path, value: [] } },
    },
  ]
}
