/**
 * Answers one question: what does the device that is shown change about the caller?
 *
 * Whoever came with a shared secret, as a proxy's or tailnet's user, or with a token of its own, and shows a
 * device, is that device: with what it was approved for, and no more. Pure, like the decision it is a part of:
 * requests are made and approvals given elsewhere.
 */
import { shortId } from '../core/ids.ts'
import { liveGrant, type DeviceGrant, type KnownDevice } from './devices.ts'
import { devicePrincipal } from './methods/device-token.ts'
import type { Scene } from './methods/types.ts'
import type { Reason } from './reasons.ts'
import { NAMES_NO_MACHINE, remedyFor, type Accepted, type Candidate } from './remedy.ts'
import { ALL_SCOPES, deviceScopes, holds, knownScopes, type Scope } from './scopes.ts'
import type { AdmittedDevice, PairingNeed, Principal, Role } from './types.ts'

interface Refused {
  readonly kind: 'refused'
  readonly reason: Reason
  readonly detail: string | null
  readonly pairing: PairingNeed | null
}

export type Admission =
  | {
      readonly kind: 'admitted'
      readonly principal: Principal
      readonly device: AdmittedDevice | null
    }
  | Refused
  | { readonly kind: 'need'; readonly fact: 'peerOwner' }

/**
 * Of several right credentials the first that is enough counts (SPEC 2.3); where none is, the answer that
 * can lead somewhere: an approval that may be asked for. `accepted` in the order of the methods; `now`:
 * milliseconds since the epoch.
 */
export function admit<By extends Accepted>(
  accepted: readonly By[],
  scene: Scene,
  now: number,
): { readonly admission: Admission; readonly by: By | null } {
  const refusals: { readonly admission: Refused; readonly by: By }[] = []
  for (const by of accepted) {
    const admission = admitBy(by, scene, now)
    if (admission.kind !== 'refused') return { admission, by }
    refusals.push({ admission, by })
  }
  const hopeful =
    refusals.find(({ admission: { pairing } }) => pairing !== null && pairing.remedy !== 'none') ??
    refusals.find(({ admission: { pairing } }) => pairing !== null) ??
    refusals[0]
  return hopeful ?? { admission: refused('nothing_presented'), by: null }
}

/**
 * A page that a proxy or tailnet names needs no pairing (S4, SPEC 2.5), and that must not change because it sends a
 * secret along (R43): true where what it sent is right and not enough, so that the identity is asked as well.
 */
export function identityMaySpare(
  accepted: readonly Accepted[],
  scene: Scene,
  now: number,
): boolean {
  const { controlUi, device } = scene.evidence
  if (!controlUi || device === null) return false
  const { admission } = admit(accepted, scene, now)
  return admission.kind === 'refused' && !settlesItself(admission.pairing)
}

/** It is approved without anybody being asked. */
function settlesItself(pairing: PairingNeed | null): boolean {
  return pairing?.remedy === 'automatic' || pairing?.remedy === 'setup-code'
}

function admitBy(accepted: Accepted, scene: Scene, now: number): Admission {
  const { evidence } = scene
  const { requestedRole: role, device } = evidence
  if (evidence.listener === 'bridge' && role !== 'node')
    return refused('role_not_allowed', 'this port is for nodes')
  if (role === null) return admitted(accepted.principal)
  if (device?.proof.kind === 'invalid') return refused(device.proof.reason)

  if (device === null) {
    if (role === 'node') return refused('device_required', 'a node connects with a device identity')
    return inRole(accepted.principal, role)
  }
  if (!speaksForDevice(accepted, role, scene)) return inRole(accepted.principal, role)
  return admitDevice({ accepted, device, role, scene, now })
}

/** The owner on this host, a key and a browser's session are somebody already, with or without a device; a node is always a device. */
function speaksForDevice({ method }: Accepted, role: Role, { evidence }: Scene): boolean {
  if (role === 'node' || method === 'device-token' || method === 'bootstrap-token') return true
  // The proxy or tailnet has named its user; the page needs no pairing besides (S4, SPEC 2.5).
  const named = method === 'trusted-proxy' || method === 'tailscale'
  if (named && evidence.controlUi) return false
  return NAMES_NO_MACHINE.has(method)
}

function admitDevice(candidate: Candidate): Admission {
  const { accepted, device, role, scene, now } = candidate
  if (accepted.method === 'bootstrap-token') return bySetupCode(candidate)
  const known = scene.access.devices.find(device.id)
  const grant = known === null ? null : liveGrant(known, role, now)
  const asked = scopesOf(candidate)
  if (known === null || grant === null) return unapproved(candidate, known, 'role-upgrade')
  if (accepted.method === 'device-token' && accepted.principal.role !== role)
    return refused('device_token_wrong_role')
  const worth = deviceScopes(grant.scopes)
  const missing = asked.filter((scope) => !holds(worth, scope))
  if (missing.length > 0) {
    if (accepted.method === 'device-token')
      return refused('device_scope_not_approved', missing.join(', '))
    return unapproved(candidate, known, 'scope-upgrade')
  }
  return asDevice(candidate, known, grant)
}

/** With what it was approved for; narrower where whoever came with it holds less. */
function asDevice(
  { accepted, role, scene }: Candidate,
  known: KnownDevice,
  grant: DeviceGrant,
): Admission {
  const own = accepted.method === 'device-token'
  const scopes = heldByBoth(deviceScopes(grant.scopes), accepted.principal.scopes)
  return {
    kind: 'admitted',
    principal: own ? accepted.principal : devicePrincipal(known, grant, scopes),
    device: {
      id: known.id,
      role,
      confirmsRotation: own && showsFreshToken(scene, known.id, role),
    },
  }
}

/** Implied ones too: an administrator's `operator.admin` and a reader's `operator.read` have reading in common. */
function heldByBoth(ones: readonly Scope[], others: readonly Scope[]): readonly Scope[] {
  return ALL_SCOPES.filter((scope) => holds(ones, scope) && holds(others, scope))
}

/** Of this device and role: a token of another one proves nothing here, and an old one beside the new does not hide it. */
function showsFreshToken({ evidence, access }: Scene, deviceId: string, role: Role): boolean {
  return evidence.credentials.some(({ class: cls, secret }) => {
    const token = cls === 'device' ? access.devices.findToken(secret.digest()) : null
    return token?.fresh === true && token.deviceId === deviceId && token.role === role
  })
}

function unapproved(
  candidate: Candidate,
  known: KnownDevice | null,
  why: 'role-upgrade' | 'scope-upgrade',
): Admission {
  const { accepted, device, role, now } = candidate
  // Its token is for another role, or for an approval that is gone: a token alone asks for nothing more.
  if (accepted.method === 'device-token') return refused('device_token_wrong_role')
  const live = (known?.grants ?? []).flatMap((grant) => {
    const held = known === null ? null : liveGrant(known, grant.role, now)
    return held === null ? [] : [{ role: held.role, scopes: held.scopes }]
  })
  const actually = live.length === 0 ? 'not-paired' : why
  const remedy = remedyFor(candidate, known, actually)
  if (remedy === 'unknown') return { kind: 'need', fact: 'peerOwner' }
  return {
    kind: 'refused',
    reason: REASON_OF[actually],
    detail: `device ${shortId(device.id)}`,
    pairing: {
      deviceId: device.id,
      publicKey: device.publicKey,
      role,
      // Approving more must not take away what it has, so the request says both (R12: what is shown is what is granted).
      scopes: knownScopes([...scopesOf(candidate), ...grantedFor(live, role)]),
      why: actually,
      remedy,
      approved: live,
    },
  }
}

function grantedFor(live: PairingNeed['approved'], role: Role): readonly Scope[] {
  return live.find((grant) => grant.role === role)?.scopes ?? []
}

const REASON_OF = {
  'not-paired': 'device_not_paired',
  'role-upgrade': 'device_role_not_approved',
  'scope-upgrade': 'device_scope_not_approved',
} as const

/** The role and scopes of the code are what it gives: a client that asks for something else has the wrong code. */
function bySetupCode(candidate: Candidate): Admission {
  const { accepted, device, role } = candidate
  if (accepted.principal.role !== role)
    return refused('setup_code_invalid', 'it is for another role')
  return {
    kind: 'refused',
    reason: 'device_not_paired',
    detail: `device ${shortId(device.id)}`,
    pairing: {
      deviceId: device.id,
      publicKey: device.publicKey,
      role,
      scopes: accepted.principal.scopes,
      why: 'not-paired',
      remedy: 'setup-code',
      approved: [],
    },
  }
}

/** Operators alone have scopes; what other roles ask for means nothing. */
function scopesOf({ role, scene: { evidence } }: Candidate): readonly Scope[] {
  return role === 'operator' ? (evidence.requestedScopes ?? []) : []
}

/** An operator may come as `webchat`, which is less and has no scopes; nobody else in a role that is not theirs. */
function inRole(principal: Principal, role: Role): Admission {
  if (role === principal.role) return admitted(principal)
  if (principal.role !== 'operator' || role !== 'webchat') return refused('role_not_allowed')
  return admitted({ ...principal, role, scopes: [] })
}

function admitted(principal: Principal): Admission {
  return { kind: 'admitted', principal, device: null }
}

function refused(reason: Reason, detail: string | null = null): Refused {
  return { kind: 'refused', reason, detail, pairing: null }
}
