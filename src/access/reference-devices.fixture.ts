/** What a device that is shown makes of an accepted caller, read naively from SPEC 2.5, 3 and 4. */
import { isLocalDirect } from './reference-locality.fixture.ts'
import { has } from './reference-scopes.fixture.ts'
import type { Accepted, Asked } from './reference-types.fixture.ts'
import type { DeviceGrant, KnownDevice } from './devices.ts'
import type { Tell } from './reasons.ts'
import type { Scope } from './scopes.ts'
import type { Credential, Role } from './types.ts'

export type Remedy = 'automatic' | 'setup-code' | 'request' | 'none'

export type Admitted =
  | {
      readonly in: true
      readonly as: Accepted
      readonly device: string | null
      readonly confirms: boolean
    }
  | { readonly in: false; readonly tell: Tell; readonly remedy: Remedy | null }

const ALL: readonly Scope[] = [
  'operator.read',
  'operator.write',
  'operator.tools',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
]

function out(remedy: Remedy | null = null, tell: Tell = 'unauthenticated'): Admitted {
  return { in: false, tell, remedy }
}

export function admitByTheText(asked: Asked, accepted: Accepted): Admitted {
  const { requestedRole: role, device, listener } = asked.evidence
  // OPENCLAW_BRIDGE_PORT admits role node only.
  if (listener === 'bridge' && role !== 'node') return out(null, 'forbidden')
  if (role === null) return { in: true, as: accepted, device: null, confirms: false }
  if (device !== null && device.proof.kind === 'invalid') return out()
  if (device === null && role === 'node') return out()
  if (device === null || !isThatDevice(asked, accepted, role)) return inRole(accepted, role)

  if (accepted.method === 'bootstrap-token')
    return accepted.role === role ? out('setup-code') : out()
  const known = asked.access.devices.find(device.id)
  const grant = known === null ? null : inForce(known, role, asked.now)
  const wanted = role === 'operator' ? (asked.evidence.requestedScopes ?? []) : []
  const worth = grant === null ? [] : worthOf(grant.scopes)
  const approved = grant !== null && wanted.every((scope) => has(worth, scope))
  if (accepted.method === 'device-token') {
    if (!approved || accepted.role !== role) return out()
    const confirms = showsSuccessor(asked, device.id, role)
    return {
      in: true,
      as: asDevice(accepted, device.id, role, worth),
      device: device.id,
      confirms,
    }
  }
  if (!approved) return out(remedy(asked, accepted, { known, role, grant }))
  // What was approved, and no more than whoever came with it holds.
  const scopes = ALL.filter((one) => has(worth, one) && has(accepted.granted, one))
  return {
    in: true,
    as: asDevice(accepted, device.id, role, scopes),
    device: device.id,
    confirms: false,
  }
}

/** A node is always a device; so is whoever shows one beside what names no machine. The Control UI of a named user is that user. */
function isThatDevice({ evidence }: Asked, { method }: Accepted, role: Role): boolean {
  if (role === 'node') return true
  if (method === 'device-token' || method === 'bootstrap-token') return true
  if (method === 'token' || method === 'password') return true
  if (method === 'tailscale' || method === 'trusted-proxy') return !evidence.controlUi
  return false
}

function inRole(accepted: Accepted, role: Role): Admitted {
  if (accepted.role === role) return { in: true, as: accepted, device: null, confirms: false }
  if (accepted.role !== 'operator' || role !== 'webchat') return out(null, 'forbidden')
  return { in: true, as: { ...accepted, role, granted: [] }, device: null, confirms: false }
}

function asDevice(accepted: Accepted, id: string, role: Role, granted: readonly Scope[]): Accepted {
  return { method: accepted.method, kind: 'device', id, role, granted }
}

function inForce(known: KnownDevice, role: Role, now: number): DeviceGrant | null {
  for (const grant of known.grants) {
    if (grant.role !== role || grant.lapsedAt !== undefined) continue
    if (grant.expiresAt === null || grant.expiresAt > now) return grant
  }
  return null
}

interface Wanting {
  readonly known: KnownDevice | null
  readonly role: Role
  /** In force, but not for all that is asked. */
  readonly grant: DeviceGrant | null
}

/** SPEC 4: silently, by a request, or not by this caller. */
function remedy(asked: Asked, accepted: Accepted, { known, role, grant }: Wanting): Remedy {
  const { method } = accepted
  if (method === 'api-key' || method === 'session') return 'none'
  const { required, autoApprove } = asked.access.policy.pairing
  if (known !== null && known.barred.length > 0) return 'request'
  if (known?.grants.some((one) => one.role === role) === true && grant === null) return 'request'
  const wanted: Scope[] = [...(asked.evidence.requestedScopes ?? [])]
  // None but an administrator gives another role than operator.
  if (role !== 'operator') wanted.push('operator.admin')
  // `x-openclaw-scopes` only narrows, and an approval would outlive it.
  const cap = asked.evidence.scopesHeader
  const left = cap === null ? accepted.granted : cap.filter((one) => has(accepted.granted, one))
  if (!wanted.every((scope) => has(left, scope))) return 'request'
  if (!required) return 'automatic'
  if (autoApprove && known === null) return 'automatic'
  if (method !== 'token' && method !== 'password') return 'request'
  if (!isLocalDirect(asked)) return 'request'
  return known === null || grant !== null ? 'automatic' : 'request'
}

/** The token that a rotation made, of this very device and role. */
function showsSuccessor({ evidence, access }: Asked, device: string, role: Role): boolean {
  for (const { secret } of evidence.credentials) {
    const token = access.devices.findToken(secret.digest())
    if (token?.deviceId === device && token.role === role && token.fresh) return true
  }
  return false
}

/** A device token is worth what its device was approved for; over a WebSocket only beside the key, over HTTP reading and writing at most. */
export function deviceCredential({ secret }: Credential, asked: Asked): Accepted | null {
  const { evidence, access, now } = asked
  const shown = evidence.device?.proof.kind === 'valid' ? evidence.device.id : null
  const token = access.devices.findToken(secret.digest())
  if (token !== null) {
    const known = access.devices.find(token.deviceId)
    const grant = known === null ? null : inForce(known, token.role, now)
    if (grant === null) return null
    if (evidence.transport === 'websocket' && shown !== token.deviceId) return null
    const least: readonly Scope[] = ['operator.read', 'operator.write']
    const granted =
      evidence.transport === 'websocket'
        ? worthOf(grant.scopes)
        : least.filter((scope) => has(grant.scopes, scope))
    return { method: 'device-token', kind: 'device', id: token.deviceId, role: token.role, granted }
  }
  const code = access.devices.findSetupCode(secret.digest())
  if (code === null || code.expiresAt <= now || shown === null) return null
  const [first] = code.grants
  if (first === undefined) return null
  return {
    method: 'bootstrap-token',
    kind: 'device',
    id: shown,
    role: first.role,
    granted: first.scopes,
  }
}

/** SPEC 3: whoever was approved for writing may use tools. */
export function worthOf(approved: readonly Scope[]): readonly Scope[] {
  return approved.includes('operator.write') ? [...approved, 'operator.tools'] : approved
}

export function hasTools(scopes: readonly Scope[]): boolean {
  return has(scopes, 'operator.tools')
}
