/** What a change to devices is about, for the record: who gets or loses what. Only what the desk knows is named, never what a caller made up. */
import type { Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'
import { shortId } from '../core/ids.ts'
import type { PairingDesk } from '../pairing/desk.ts'
import { waitingSurfaces } from '../pairing/nodes.ts'
import { knownRole } from './device-role.ts'

/** `device=682c1f… role=operator scopes=operator.read,operator.write`. */
export function grantSubject(
  deviceId: string,
  { role, scopes }: { readonly role: Role; readonly scopes: readonly Scope[] },
): string {
  return `device=${shortId(deviceId)} role=${role} scopes=${scopes.join(',') || 'none'}`
}

/** What a device asks to be approved for. */
export function requestSubject({ book }: PairingDesk, requestId: string): string {
  const request = book.request(requestId)
  return request === null ? 'an unknown request' : grantSubject(request.deviceId, request)
}

/** Commands that a node asks to be allowed. */
export function surfaceSubject(desk: PairingDesk, requestId: string): string {
  const found = waitingSurfaces(desk).find(({ request }) => request.requestId === requestId)
  if (found === undefined) return 'an unknown request'
  return `node=${shortId(found.device.id)} commands=${found.request.commands.join(',') || 'none'}`
}

export function deviceSubject({ book }: PairingDesk, deviceId: string): string {
  const known = book.find(deviceId) !== null || book.requestOf(deviceId) !== null
  return known ? `device=${shortId(deviceId)}` : 'an unknown device'
}

/** `role`: as the caller named it. */
export function deviceRoleSubject(desk: PairingDesk, deviceId: string, role: string): string {
  return `${deviceSubject(desk, deviceId)} role=${knownRole(role) ?? 'unknown'}`
}

/** A caller's word as it stands in a line of facts. */
export function factWord(text: string): string {
  return /^[\w.:+-]{1,64}$/.test(text) ? text : 'unreadable'
}
