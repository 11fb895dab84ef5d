/** Writes an approval into a device: the only place where a device gets more than it had. */
import { randomUUID } from 'node:crypto'
import { liveGrant } from '../access/devices.ts'
import type { Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'
import type { DeviceTokens } from './tokens.ts'
import type { ApprovedVia, DeviceDescription, PairedDevice, PairedGrant } from './types.ts'

/** One role with exactly these scopes. */
export interface Approval {
  readonly role: Role
  readonly scopes: readonly Scope[]
  /** Milliseconds since the epoch; `null` never. */
  readonly expiresAt: number | null
}

export interface Approved {
  readonly deviceId: string
  readonly publicKey: string
  readonly description: DeviceDescription
  readonly remoteAddress: string | null
  readonly via: ApprovedVia
  /** `owner:owner`, `device:…`. */
  readonly by: string
  readonly approvals: readonly Approval[]
}

/** `known`: what the book has of this device. `now`: milliseconds since the epoch. */
export function approvedDevice(
  known: PairedDevice | null,
  approved: Approved,
  tokens: DeviceTokens,
  now: number,
): PairedDevice {
  const { deviceId, publicKey, description, remoteAddress, via, approvals } = approved
  const returning = known !== null && known.removedAt === null ? known : null
  const kept = (returning?.grants ?? []).filter(
    ({ role }) => !approvals.some((approval) => approval.role === role),
  )
  const made = approvals.map((approval) => granted(known, approved, { approval, tokens, now }))
  return {
    id: deviceId,
    publicKey,
    name:
      returning?.label ?? description.displayName ?? description.clientId ?? deviceId.slice(0, 12),
    // What was taken away in another role is not given back by this.
    barred: (known?.barred ?? []).filter((role) => !approvals.some((one) => one.role === role)),
    grants: [...kept, ...made],
    description,
    label: returning?.label ?? null,
    remoteAddress,
    approvedVia: via,
    createdAt: returning?.createdAt ?? now,
    approvedAt: now,
    lastSeenAt: returning?.lastSeenAt ?? null,
    removedAt: null,
    surface: returning?.surface ?? { approved: null, pending: null },
  }
}

/** An approval in force is changed and keeps its token and its connections; in place of one that is over a new one begins. */
function granted(
  known: PairedDevice | null,
  { deviceId, by }: Approved,
  {
    approval,
    tokens,
    now,
  }: { readonly approval: Approval; readonly tokens: DeviceTokens; readonly now: number },
): PairedGrant {
  const { role, scopes, expiresAt } = approval
  const before = known === null || known.removedAt !== null ? null : liveGrant(known, role, now)
  const old = known?.grants.find((grant) => grant === before) ?? null
  const common = { role, scopes, expiresAt, approvedAt: now, approvedBy: by }
  if (old !== null) return { ...old, ...common }
  return {
    ...common,
    id: randomUUID(),
    token: tokens.issue(deviceId, role, now),
    next: null,
    superseded: [],
    rotatedAt: null,
    lastUsedAt: null,
  }
}
