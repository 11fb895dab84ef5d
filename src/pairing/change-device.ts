/** What an operator does to a device that was approved: rotates its token, revokes a role, renames, removes. */
import { liveGrant } from '../access/devices.ts'
import { deviceScopes, holds, type Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'
import type { DeviceTokens } from './tokens.ts'
import { shortId } from '../core/ids.ts'
import type { DeviceDescription, PairedDevice, PairedGrant } from './types.ts'

/** `null`: there is no such approval, or it does not cover these scopes. `scopes`: fewer than before; absent, as they are. */
export function rotated(
  device: PairedDevice,
  { role, scopes }: { readonly role: Role; readonly scopes: readonly Scope[] | null },
  tokens: DeviceTokens,
  now: number,
): PairedDevice | null {
  const grant = liveGrantOf(device, role, now)
  if (grant === null) return null
  const wanted = scopes ?? grant.scopes
  if (!wanted.every((scope) => holds(grant.scopes, scope))) return null
  // Writing is worth tools to a device, so nobody is told that these are gone while it may write.
  if (holds(grant.scopes, TOOLS) && !holds(wanted, TOOLS) && deviceScopes(wanted).includes(TOOLS))
    return null
  const next = tokens.issue(device.id, role, now)
  const unused = grant.next === null ? [] : [...grant.superseded, grant.next]
  const narrower = !grant.scopes.every((scope) => holds(wanted, scope))
  return {
    ...replaceGrant(device, {
      ...grant,
      scopes: wanted,
      next,
      superseded: unused.slice(-MOST_SUPERSEDED),
      rotatedAt: now,
    }),
    // Somebody took something away: the device does not get it back by asking (R15).
    barred: narrower ? barredFrom(device, [role]) : device.barred,
  }
}

const TOOLS: Scope = 'operator.tools'

/** Rotated more often than this without a word of the device: the first of the new tokens end. The one in use never does. */
const MOST_SUPERSEDED = 8

/** The new token has been used: all older ones end. `null` when there is nothing to confirm. */
export function confirmed(device: PairedDevice, role: Role): PairedDevice | null {
  const grant = device.grants.find((one) => one.role === role)
  if (grant === undefined || grant.next === null) return null
  return replaceGrant(device, { ...grant, token: grant.next, next: null, superseded: [] })
}

/** `null`: it has no such role. */
export function revoked(device: PairedDevice, role: Role): PairedDevice | null {
  if (!device.grants.some((grant) => grant.role === role)) return null
  const grants = device.grants.filter((grant) => grant.role !== role)
  const surface = role === 'node' ? { approved: null, pending: null } : device.surface
  return { ...device, grants, surface, barred: barredFrom(device, [role]) }
}

export function renamed(device: PairedDevice, label: string): PairedDevice {
  return { ...device, label, name: label }
}

export const UNDESCRIBED: DeviceDescription = {
  displayName: null,
  platform: null,
  deviceFamily: null,
  clientId: null,
  clientMode: null,
}

/** Nothing of it is left but its key, and that it was removed: it stays for good, so it is small. */
export function removed(device: PairedDevice, now: number): PairedDevice {
  const { id, publicKey, approvedVia, createdAt, approvedAt, grants } = device
  return {
    id,
    publicKey,
    name: shortId(id),
    barred: barredFrom(
      device,
      grants.map(({ role }) => role),
    ),
    grants: [],
    description: UNDESCRIBED,
    label: null,
    remoteAddress: null,
    approvedVia,
    createdAt,
    approvedAt,
    lastSeenAt: null,
    removedAt: now,
    surface: { approved: null, pending: null },
  }
}

/** It connected: for people, and for what was not used for long. */
export function seen(device: PairedDevice, role: Role, now: number): PairedDevice {
  const grant = device.grants.find((one) => one.role === role)
  const at = { ...device, lastSeenAt: now }
  return grant === undefined ? at : replaceGrant(at, { ...grant, lastUsedAt: now })
}

export function liveGrantOf(device: PairedDevice, role: Role, now: number): PairedGrant | null {
  const live = liveGrant(device, role, now)
  return device.grants.find((grant) => grant === live) ?? null
}

function barredFrom({ barred }: PairedDevice, roles: readonly Role[]): readonly Role[] {
  return [...new Set([...barred, ...roles])]
}

function replaceGrant(device: PairedDevice, grant: PairedGrant): PairedDevice {
  const grants = device.grants.map((one) => (one.role === grant.role ? grant : one))
  return { ...device, grants }
}
