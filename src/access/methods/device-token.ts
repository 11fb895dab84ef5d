/** A token issued to one paired device in one role: `connect.auth.deviceToken`, or `Authorization: Bearer ocd_…`. */
import { shortId } from '../../core/ids.ts'
import { deviceScopes, holds, type Scope } from '../scopes.ts'
import { expired, type DeviceGrant, type KnownDevice } from '../devices.ts'
import type { Principal, Role } from '../types.ts'
import { ABSTAIN, accept, reject, type PresentedMethod } from './types.ts'

/** Device tokens begin with this, so that no other method is asked about one. */
export const DEVICE_TOKEN_PREFIX = 'ocd_'

export const deviceToken: PresentedMethod = {
  name: 'device-token',
  class: 'device',
  verify({ secret }, { evidence, access }, now) {
    const digest = secret.digest()
    const token = access.devices.findToken(digest)
    if (token === null)
      // Of a setup code the next method says what is wrong with it.
      return access.devices.findSetupCode(digest) === null && !access.devices.wasSetupCode(digest)
        ? reject('device_token_unknown')
        : ABSTAIN
    const device = access.devices.find(token.deviceId)
    const grant = device?.grants.find(({ role }) => role === token.role)
    if (device === null || grant === undefined) return reject('device_token_unknown')

    // A stolen token is of no use on a WebSocket, which asks for the key; over HTTP nobody can show one.
    const { transport, device: shown } = evidence
    if (transport === 'websocket' && (shown?.proof.kind !== 'valid' || shown.id !== device.id))
      return reject('device_token_without_key', `device ${shortId(device.id)}`)
    if (expired(grant, now))
      return reject('device_approval_expired', `device ${shortId(device.id)}`)

    const scopes =
      transport === 'websocket' ? deviceScopes(grant.scopes) : withoutProof(grant.scopes)
    const principal = devicePrincipal(device, grant, scopes)
    return accept({ ...principal, credentialId: `${principal.credentialId}:${digest}` })
  },
}

/** The device in one role, as its approval says. `scopes`: those that it comes with. */
export function devicePrincipal(
  device: KnownDevice,
  grant: DeviceGrant,
  scopes: readonly Scope[],
): Principal {
  return {
    kind: 'device',
    id: device.id,
    displayName: device.name,
    role: grant.role,
    scopes,
    credentialId: `device:${device.id}:${grant.role}:${grant.id}`,
  }
}

/** The role that a device's principal came in. */
export function sameDevice(principal: Principal, deviceId: string, role: Role | null): boolean {
  return (
    principal.kind === 'device' &&
    principal.id === deviceId &&
    (role === null || principal.role === role)
  )
}

const UNPROVEN: readonly Scope[] = ['operator.read', 'operator.write']

/** Without the key, a token reads and writes at most (SPEC 2.3). */
function withoutProof(scopes: readonly Scope[]): readonly Scope[] {
  return UNPROVEN.filter((scope) => holds(scopes, scope))
}
