/** Nodes and their requests as the wire shows them (PROTOCOL 3.7); never a token, a digest or a seed. */
import { expired } from '../access/devices.ts'
import type { NodeConnection } from '../nodes/types.ts'
import { requiredApproveScopes } from '../pairing/node-commands.ts'
import { approvedSurface, surfaceInForce } from '../pairing/surface.ts'
import type { PairedDevice, SurfaceRequest } from '../pairing/types.ts'
import { described } from './device-view.ts'

/** All of what would be approved: what is not shown is not granted (R19). */
export function surfaceRequestView(
  device: PairedDevice,
  { requestId, caps, commands, at }: SurfaceRequest,
) {
  return {
    requestId,
    nodeId: device.id,
    ...described(device.description),
    displayName: device.name,
    caps,
    commands,
    requiredApproveScopes: requiredApproveScopes(commands),
    silent: false,
    ts: at,
  }
}

/** A node with what was approved for it. `now`: milliseconds since the epoch. */
export function pairedNodeView(
  device: PairedDevice,
  connection: NodeConnection | null,
  now: number,
) {
  const { surface, createdAt, approvedAt } = device
  const { caps, commands } = approvedSurface(device, now)
  const until = surface.approved?.expiresAt ?? null
  return {
    nodeId: device.id,
    ...described(device.description),
    displayName: device.name,
    ...(connection !== null && { version: connection.version }),
    caps,
    commands,
    createdAtMs: createdAt,
    approvedAtMs: surface.approved?.approvedAt ?? approvedAt,
    ...(until !== null && { expiresAtMs: until }),
    ...lastSeen(device),
  }
}

/** A node as it is now: while it is connected, with what is in force of what it claims. */
export function nodeView(device: PairedDevice, connection: NodeConnection | null, now: number) {
  const { pending } = device.surface
  const { caps, commands } =
    connection === null
      ? approvedSurface(device, now)
      : surfaceInForce(device, connection.claimed, now)
  return {
    nodeId: device.id,
    ...described(device.description),
    displayName: device.name,
    ...(connection !== null && { version: connection.version }),
    caps,
    commands,
    approvalState: approvalState(device, connection, now),
    ...(pending !== null && {
      pendingRequestId: pending.requestId,
      pendingDeclaredCaps: pending.caps,
      pendingDeclaredCommands: pending.commands,
    }),
    paired: true,
    connected: connection !== null,
    ...(connection !== null && { connectedAtMs: connection.connectedAt }),
    ...lastSeen(device),
  }
}

/** The wire's words. A node that can do nothing needs nobody's approval. */
function approvalState(
  { surface }: PairedDevice,
  connection: NodeConnection | null,
  now: number,
): 'approved' | 'pending-approval' | 'pending-reapproval' | 'unapproved' {
  const approved = surface.approved !== null && !expired(surface.approved, now)
  if (surface.pending !== null) return approved ? 'pending-reapproval' : 'pending-approval'
  const harmless = connection !== null && connection.claimed.commands.length === 0
  return approved || harmless ? 'approved' : 'unapproved'
}

function lastSeen({ lastSeenAt }: PairedDevice) {
  return lastSeenAt === null ? {} : { lastSeenAtMs: lastSeenAt, lastSeenReason: 'connect' }
}
