/** What a node can do, as it says itself, and what of it is in force: what it claims and an operator has approved, both. */
import { randomUUID } from 'node:crypto'
import { expired, liveGrant } from '../access/devices.ts'
import { isYoung } from './ask.ts'
import type { PairingEvent } from './desk.ts'
import type { NodeSurface, PairedDevice, SurfaceRequest } from './types.ts'

export const NO_SURFACE: NodeSurface = { caps: [], commands: [] }

/** Whoever approves a name must be able to see all of it (R19): what cannot be shown is not claimed. */
const NAME = /^[\x21-\x7e]{1,128}$/
const MAX_NAMES = 256

/** The same claim, however it is written: names once each, in order. */
export function claimedSurface(claim: NodeSurface): NodeSurface {
  return { caps: names(claim.caps), commands: names(claim.commands) }
}

function names(claimed: readonly string[]): readonly string[] {
  const known = claimed.filter((name) => NAME.test(name)).slice(0, MAX_NAMES)
  return [...new Set(known)].toSorted()
}

/** It is a node now: approved for that role, and not removed. `now`: milliseconds since the epoch. */
export function isNode(device: PairedDevice, now: number): boolean {
  return device.removedAt === null && liveGrant(device, 'node', now) !== null
}

/** What was approved, as long as it is. */
export function approvedSurface({ surface: { approved } }: PairedDevice, now: number): NodeSurface {
  return approved === null || expired(approved, now) ? NO_SURFACE : approved
}

/** What the gateway will ask of a node that claims this; the node's word alone opens nothing. */
export function surfaceInForce(
  device: PairedDevice,
  claimed: NodeSurface,
  now: number,
): NodeSurface {
  const approved = approvedSurface(device, now)
  return {
    caps: claimed.caps.filter((cap) => approved.caps.includes(cap)),
    commands: claimed.commands.filter((command) => approved.commands.includes(command)),
  }
}

/** What a claim makes of a device. */
export interface Claimed {
  readonly device: PairedDevice
  /** Nobody has heard of it yet; `null`: nothing has to be approved. */
  readonly request: SurfaceRequest | null
  /** What it asked for before: that request is dead. */
  readonly replaced: SurfaceRequest | null
}

/**
 * `null`: nothing changes, since all of it is approved, or waits already. A claim never changes a request, it makes
 * another (R12). `too-early`: the request that waits is too young to be replaced, or taken back.
 */
export function afterClaim(
  device: PairedDevice,
  claimed: NodeSurface,
  now: number,
): Claimed | 'too-early' | null {
  const { approved, pending } = device.surface
  const needed = claimed.commands.length > 0 && !covers(approvedSurface(device, now), claimed)
  if (pending === null && !needed) return null
  if (pending !== null && needed && same(pending, claimed)) return null
  if (pending !== null && isYoung(pending.at, now)) return 'too-early'

  const request = needed ? { ...claimed, requestId: randomUUID(), at: now } : null
  return {
    device: { ...device, surface: { approved, pending: request } },
    request,
    replaced: pending,
  }
}

/** Exactly what the request says, and nothing that was approved before. */
export function withApproved(
  device: PairedDevice,
  { caps, commands }: SurfaceRequest,
  { at, until }: { readonly at: number; readonly until: number | null },
): PairedDevice {
  const approved = { caps, commands, approvedAt: at, expiresAt: until }
  return { ...device, surface: { approved, pending: null } }
}

export function withoutRequest(device: PairedDevice): PairedDevice {
  return { ...device, surface: { ...device.surface, pending: null } }
}

function covers(approved: NodeSurface, { caps, commands }: NodeSurface): boolean {
  return (
    caps.every((cap) => approved.caps.includes(cap)) &&
    commands.every((command) => approved.commands.includes(command))
  )
}

function same(a: NodeSurface, b: NodeSurface): boolean {
  return JSON.stringify([a.caps, a.commands]) === JSON.stringify([b.caps, b.commands])
}

export function surfaceResolved(
  nodeId: string,
  { requestId }: SurfaceRequest,
  decision: 'approved' | 'rejected',
): PairingEvent {
  return { kind: 'surface-resolved', nodeId, requestId, decision }
}

/** A request ends with the approval of the device that made it. */
export function surfaceGone({ id, surface: { pending } }: PairedDevice): readonly PairingEvent[] {
  return pending === null ? [] : [surfaceResolved(id, pending, 'rejected')]
}
