/** What an operator does to devices that are approved, each within what the actor may (R13). */
import { holds, type Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'
import type { Secret } from '../core/secret.ts'
import { actorName, isAdministrator, mayManage, mayReissue, type Actor } from './authority.ts'
import type { DeviceBook } from './book.ts'
import { turnFor } from './acting.ts'
import { confirmed, liveGrantOf, removed, renamed, revoked, rotated } from './change-device.ts'
import type { PairingDesk, PairingEvent } from './desk.ts'
import { resolved } from './resolve.ts'
import { surfaceGone } from './surface.ts'
import type { PairedDevice } from './types.ts'

const DENIED = { kind: 'denied' } as const
const UNKNOWN = { kind: 'unknown' } as const

export interface Rotation {
  readonly deviceId: string
  readonly role: Role
  /** `null`: as they are. */
  readonly scopes: readonly Scope[] | null
}

export type Rotated =
  | { readonly kind: 'denied' }
  | {
      readonly kind: 'rotated'
      readonly scopes: readonly Scope[]
      readonly rotatedAt: number
      /** For the device itself alone: nobody hears another device's token. */
      readonly token: Secret | null
    }

/** The old token stays valid until the new one has been used: a crash between the two locks nobody out (R47). */
export function rotate(desk: PairingDesk, rotation: Rotation, actor: Actor): Promise<Rotated> {
  return turnFor<Rotated>(desk, { actor, over: DENIED }, (book, now) => {
    const { deviceId, role } = rotation
    const device = book.find(deviceId)
    const next = device === null ? null : rotated(device, rotation, desk.tokens, now)
    const before = device === null ? null : liveGrantOf(device, role, now)
    const grant = next === null ? null : liveGrantOf(next, role, now)
    if (next === null || before === null || grant === null) return { result: DENIED }
    // Of what it had, not of what is left of it: nobody takes away what they do not hold.
    if (!mayReissue(actor, { deviceId, role, scopes: before.scopes })) return { result: DENIED }

    const own = actor.deviceId === deviceId
    const token = own ? desk.tokens.current(deviceId, grant) : null
    return {
      result: { kind: 'rotated', scopes: grant.scopes, rotatedAt: now, token },
      change: {
        devices: [next],
        forgotten: holds(grant.scopes, 'operator.admin') ? [] : codesMadeBy(book, deviceId),
      },
      // So that the device comes back for its new token, and with its scopes as they are now; its own hears the answer first.
      events: [cut(deviceId, role)],
    }
  })
}

export type Revoked =
  | { readonly kind: 'denied' }
  | { readonly kind: 'revoked'; readonly revokedAt: number }

export function revoke(
  desk: PairingDesk,
  { deviceId, role }: { readonly deviceId: string; readonly role: Role },
  actor: Actor,
): Promise<Revoked> {
  return turnFor<Revoked>(desk, { actor, over: DENIED, place: 'first' }, (book, now) => {
    const device = book.find(deviceId)
    const next = device === null ? null : revoked(device, role)
    const scopes = device?.grants.find((grant) => grant.role === role)?.scopes ?? []
    if (next === null || !mayReissue(actor, { deviceId, role, scopes })) return { result: DENIED }
    const waiting = book.requestOf(deviceId)
    return {
      result: { kind: 'revoked', revokedAt: now },
      takesAway: true,
      change: {
        devices: [next],
        resolved: waiting === null ? [] : [waiting.requestId],
        forgotten: codesMadeBy(book, deviceId),
      },
      events: [
        cut(deviceId, role),
        ...(waiting === null ? [] : [resolved(waiting, 'rejected')]),
        ...(device === null || role !== 'node' ? [] : surfaceGone(device)),
      ],
    }
  })
}

export type Managed =
  | { readonly kind: 'done' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'unknown' }

/** Drops what it was approved for and what it asks for. */
export function remove(desk: PairingDesk, deviceId: string, actor: Actor): Promise<Managed> {
  return turnFor<Managed>(desk, { actor, over: DENIED, place: 'first' }, (book, now) => {
    const device = paired(book.find(deviceId))
    const waiting = book.requestOf(deviceId)
    if (device === null && waiting === null)
      return { result: actor.deviceId === null || isAdministrator(actor) ? UNKNOWN : DENIED }
    if (!mayManage(actor, deviceId, device)) return { result: DENIED }
    return {
      result: { kind: 'done' },
      takesAway: true,
      change: {
        devices: device === null ? [] : [removed(device, now)],
        resolved: waiting === null ? [] : [waiting.requestId],
        forgotten: codesMadeBy(book, deviceId),
      },
      events: [
        cut(deviceId, null),
        ...(waiting === null ? [] : [resolved(waiting, 'rejected')]),
        ...(device === null ? [] : surfaceGone(device)),
      ],
    }
  })
}

export function rename(
  desk: PairingDesk,
  { deviceId, label }: { readonly deviceId: string; readonly label: string },
  actor: Actor,
): Promise<Managed> {
  return turnFor<Managed>(desk, { actor, over: DENIED }, (book) => {
    const device = paired(book.find(deviceId))
    if (device === null)
      return { result: actor.deviceId === null || isAdministrator(actor) ? UNKNOWN : DENIED }
    if (!mayManage(actor, deviceId, device)) return { result: DENIED }
    return {
      result: { kind: 'done' },
      change: { devices: [renamed(device, label)] },
      events: [{ kind: 'changed' }],
    }
  })
}

/** The token that a rotation made has been used. Resolves when the old one is dead for good. */
export function confirm(desk: PairingDesk, deviceId: string, role: Role): Promise<void> {
  return desk.turn((book) => {
    const device = book.find(deviceId)
    const next = device === null ? null : confirmed(device, role)
    return next === null
      ? { result: undefined }
      : {
          result: undefined,
          change: { devices: [next] },
          events: [{ kind: 'retired', deviceId }],
        }
  })
}

/** A token as it leaves the gateway. */
export interface IssuedSecret {
  readonly token: Secret
  /** Milliseconds since the epoch. */
  readonly issuedAt: number
}

/** The token that a device is handed at its connect; made anew when it cannot be made again. `null`: it has no such role. */
export async function tokenFor(
  desk: PairingDesk,
  deviceId: string,
  role: Role,
): Promise<IssuedSecret | null> {
  const known = issued(desk, deviceId, role)
  if (known !== 'lost') return known
  await desk.turn((book, now) => {
    const device = book.find(deviceId)
    const next = device === null ? null : rotated(device, { role, scopes: null }, desk.tokens, now)
    return next === null
      ? { result: undefined }
      : { result: undefined, change: { devices: [next] } }
  })
  const made = issued(desk, deviceId, role)
  return made === 'lost' ? null : made
}

/** At once: the way of almost every connect. `lost`: the state dir's key is another one than when it was issued. */
export function issued(
  desk: PairingDesk,
  deviceId: string,
  role: Role,
): IssuedSecret | null | 'lost' {
  const device = desk.book.find(deviceId)
  const grant = device === null ? null : liveGrantOf(device, role, desk.clock())
  if (grant === null) return null
  const token = desk.tokens.current(deviceId, grant)
  return token === null ? 'lost' : { token, issuedAt: (grant.next ?? grant.token).issuedAt }
}

/** What it has approved in advance ends with it; what was used stays, for whoever asks what became of it. */
function codesMadeBy(book: DeviceBook, deviceId: string): readonly string[] {
  const by = actorName('device', deviceId)
  return book
    .setupCodes()
    .filter(({ createdBy, usedBy }) => createdBy === by && usedBy === null)
    .map(({ setupId }) => setupId)
}

function paired(device: PairedDevice | null): PairedDevice | null {
  return device === null || device.removedAt !== null ? null : device
}

function cut(deviceId: string, role: Role | null): PairingEvent {
  return { kind: 'cut', deviceId, role }
}
