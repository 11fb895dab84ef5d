/** What becomes of a node's surface: claimed by the node, approved or rejected by an operator who may (PROTOCOL 3.7). */
import type { Scope } from '../access/scopes.ts'
import {
  isAdministrator,
  mayGrantSurface,
  mayManage,
  mayTouch,
  standingOf,
  type Actor,
} from './authority.ts'
import { turnFor } from './acting.ts'
import type { DeviceBook } from './book.ts'
import { removed, revoked } from './change-device.ts'
import type { PairingDesk, PairingEvent } from './desk.ts'
import type { Managed } from './manage.ts'
import { resolved } from './resolve.ts'
import {
  afterClaim,
  isNode,
  surfaceGone,
  surfaceResolved,
  withApproved,
  withoutRequest,
  type Claimed,
} from './surface.ts'
import type { NodeSurface, PairedDevice, SurfaceRequest } from './types.ts'

/**
 * A node connected and says what it can do. `null`, at once: nothing new, or too early for another request. It says so
 * once a connection, so what came too early is claimed for it later, unless it has said something else by then.
 * Rejects when the disk takes no request.
 */
export function claim(
  desk: PairingDesk,
  nodeId: string,
  claimed: NodeSurface,
): Promise<void> | null {
  desk.drop(claimOf(nodeId))
  const device = desk.book.find(nodeId)
  const next = device === null ? null : afterClaim(device, claimed, desk.clock())
  if (next === 'too-early') claimLater(desk, nodeId, claimed)
  if (next === null || next === 'too-early') return null
  return desk.turn((book, now) => {
    const found = book.find(nodeId)
    const after = found === null || !isNode(found, now) ? null : afterClaim(found, claimed, now)
    if (after === 'too-early') claimLater(desk, nodeId, claimed)
    return { result: undefined, ...consequences(after) }
  })
}

function claimLater(desk: PairingDesk, nodeId: string, claimed: NodeSurface): void {
  desk.putOff(claimOf(nodeId), async () => claim(desk, nodeId, claimed) ?? undefined)
}

function claimOf(nodeId: string): string {
  return `claim of ${nodeId}`
}

export type AskedSurface =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'denied' }
  /** Nothing in it needs an approval that is not there. */
  | { readonly kind: 'covered'; readonly device: PairedDevice }
  | {
      readonly kind: 'waiting'
      readonly device: PairedDevice
      readonly request: SurfaceRequest
      /** It was not there before. */
      readonly created: boolean
    }

/** Somebody asks in the node's place. The node's next claim replaces it, as it replaces its own. */
export function askForSurface(
  desk: PairingDesk,
  { nodeId, claimed }: { readonly nodeId: string; readonly claimed: NodeSurface },
  actor: Actor,
): Promise<AskedSurface> {
  return turnFor<AskedSurface>(desk, { actor, over: { kind: 'denied' } }, (book, now) => {
    const device = nodeIn(book, nodeId, now)
    if (device === null || !mayTouch(actor, nodeId)) return { result: noSuch(actor) }
    const next = afterClaim(device, claimed, now)
    const made = next !== null && next !== 'too-early'
    const after = made ? next.device : device
    const { pending } = after.surface
    const result: AskedSurface =
      pending === null
        ? { kind: 'covered', device: after }
        : { kind: 'waiting', device: after, request: pending, created: made }
    return { result, ...consequences(next) }
  })
}

export type ApproveSurface =
  | { readonly kind: 'approved'; readonly device: PairedDevice }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'missing-scope'; readonly scope: Scope }

/** As long as whoever approves is approved (R11). */
export function approveSurface(
  desk: PairingDesk,
  requestId: string,
  actor: Actor,
): Promise<ApproveSurface> {
  return desk.turn<ApproveSurface>((book, now) => {
    const asked = requestIn(book, requestId, now)
    if (asked === null) return { result: noSuch(actor) }
    const authority = mayGrantSurface(actor, asked.device.id, asked.request.commands)
    if (authority.kind !== 'yes') return { result: authority }
    const standing = standingOf(actor, book, now)
    if (standing.kind === 'over') return { result: { kind: 'denied' } }
    const device = withApproved(asked.device, asked.request, { at: now, until: standing.expiresAt })
    return {
      result: { kind: 'approved', device },
      change: { devices: [device] },
      events: [surfaceResolved(device.id, asked.request, 'approved')],
    }
  })
}

export type RejectSurface =
  | { readonly kind: 'rejected'; readonly nodeId: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'denied' }

export function rejectSurface(
  desk: PairingDesk,
  requestId: string,
  actor: Actor,
): Promise<RejectSurface> {
  return turnFor<RejectSurface>(desk, { actor, over: { kind: 'denied' } }, (book, now) => {
    const asked = requestIn(book, requestId, now)
    if (asked === null) return { result: noSuch(actor) }
    const { device, request } = asked
    if (!mayTouch(actor, device.id)) return { result: { kind: 'denied' } }
    return {
      result: { kind: 'rejected', nodeId: device.id },
      change: { devices: [withoutRequest(device)] },
      events: [surfaceResolved(device.id, request, 'rejected')],
    }
  })
}

/** It is a node no longer, and what it was approved for is forgotten; what else the device may stays. */
export function removeNode(desk: PairingDesk, nodeId: string, actor: Actor): Promise<Managed> {
  return turnFor<Managed>(
    desk,
    { actor, over: { kind: 'denied' }, place: 'first' },
    (book, now) => {
      const device = book.find(nodeId)
      const after = device === null || device.removedAt !== null ? null : revoked(device, 'node')
      if (device === null || after === null) return { result: noSuch(actor) }
      if (!mayManage(actor, nodeId, device)) return { result: { kind: 'denied' } }
      const asked = book.requestOf(nodeId)
      const waiting = asked?.role === 'node' ? asked : null
      return {
        result: { kind: 'done' },
        takesAway: true,
        change: {
          devices: [after.grants.length === 0 ? removed(device, now) : after],
          resolved: waiting === null ? [] : [waiting.requestId],
        },
        events: [
          { kind: 'cut', deviceId: nodeId, role: 'node' },
          ...(waiting === null ? [] : [resolved(waiting, 'rejected')]),
          ...surfaceGone(device),
        ],
      }
    },
  )
}

/** What waits for an operator now, with the node that asks. */
export function waitingSurfaces(
  desk: PairingDesk,
): readonly { readonly device: PairedDevice; readonly request: SurfaceRequest }[] {
  const now = desk.clock()
  return nodes(desk).flatMap((device) => {
    const asked = requestIn(desk.book, device.surface.pending?.requestId ?? '', now)
    return asked ?? []
  })
}

export function nodes(desk: PairingDesk): readonly PairedDevice[] {
  const now = desk.clock()
  return desk.book.devices().filter((device) => isNode(device, now))
}

export function findNode(desk: PairingDesk, nodeId: string): PairedDevice | null {
  return nodeIn(desk.book, nodeId, desk.clock())
}

function nodeIn(book: DeviceBook, nodeId: string, now: number): PairedDevice | null {
  const device = book.find(nodeId)
  return device === null || !isNode(device, now) ? null : device
}

function requestIn(book: DeviceBook, requestId: string, now: number) {
  const device = book.surfaceRequestOf(requestId)
  const request = device?.surface.pending ?? null
  return device === null || request === null || !isNode(device, now) ? null : { device, request }
}

/** A device's own token shows it nothing of other devices: not even that there are none. */
function noSuch(actor: Actor): { readonly kind: 'unknown' } | { readonly kind: 'denied' } {
  const mayKnow = actor.deviceId === null || isAdministrator(actor)
  return { kind: mayKnow ? 'unknown' : 'denied' }
}

function consequences(claimed: Claimed | 'too-early' | null) {
  if (claimed === null || claimed === 'too-early') return {}
  const { device, request, replaced } = claimed
  const over = replaced === null ? [] : [surfaceResolved(device.id, replaced, 'rejected')]
  const begun: readonly PairingEvent[] =
    request === null ? [] : [{ kind: 'surface-requested', device, request }]
  return { change: { devices: [device] }, events: [...over, ...begun] }
}
