/** What the pairing desk answers, as an operation says it: the wire's own words for each no (PROTOCOL 3.2). */
import { liveGrant } from '../access/devices.ts'
import { shortId } from '../core/ids.ts'
import { actorOf, isAdministrator, type Actor } from '../pairing/authority.ts'
import type { PairingDesk } from '../pairing/desk.ts'
import type { Scope } from '../access/scopes.ts'
import { knownRole } from './device-role.ts'
import { Refusal, type Call } from './types.ts'

export function callingActor({ principal, method }: Call): Actor {
  return actorOf(principal, method)
}

/** `what`: `device pairing approval`. The same words whatever was wrong (R13). */
export function denied(what: string): Refusal {
  return new Refusal('not_yours', `${what} denied`)
}

export function unknown(what: 'requestId' | 'deviceId' | 'nodeId'): Refusal {
  return new Refusal('unknown_pairing', `unknown ${what}`)
}

export function exceeds(scope: Scope): Refusal {
  return new Refusal('exceeds_own_scopes', `missing scope: ${scope}`)
}

/** Of a role that the device does not have. An administrator sees every device anyway, so only others hear the bare no. */
export function deniedInRole(
  { book, clock }: PairingDesk,
  { deviceId, role }: { readonly deviceId: string; readonly role: string },
  call: Call,
  what: string,
): Refusal {
  if (!isAdministrator(callingActor(call))) return denied(what)
  const device = book.find(deviceId)
  if (device === null) return unknown('deviceId')
  const held = device.grants
    .map((grant) => grant.role)
    .filter((name) => liveGrant(device, name, clock()) !== null)
  if (held.some((name) => name === knownRole(role))) return denied(what)
  const roles = held.length === 0 ? 'for nothing' : `as ${held.join(' and ')}`
  return new Refusal(
    'unknown_pairing',
    `device ${shortId(deviceId)} is not approved in this role: it is approved ${roles}`,
  )
}
