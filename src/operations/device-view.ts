/** Devices and requests as the wire shows them (PROTOCOL 3.1); never a token, a digest or a seed. */
import { holds, SCOPES, type Scope } from '../access/scopes.ts'
import type { PairedDevice, PairedGrant, PairingRequest } from '../pairing/types.ts'

/** Absent members are left out: the protocol's objects know no `null`. */
export function requestView({
  requestId,
  deviceId,
  publicKey,
  description,
  browserOrigin,
  role,
  scopes,
  remoteAddress,
  isRepair,
  refreshedAt,
}: PairingRequest) {
  return {
    requestId,
    deviceId,
    publicKey,
    ...described(description),
    ...(browserOrigin !== null && { browserOrigin }),
    role,
    roles: [role],
    scopes,
    ...(remoteAddress !== null && { remoteIp: remoteAddress }),
    silent: false,
    isRepair,
    ts: refreshedAt,
  }
}

export function deviceView(device: PairedDevice) {
  const { id, publicKey, description, label, remoteAddress, approvedVia, grants } = device
  const operator = grants.find(({ role }) => role === 'operator')
  return {
    deviceId: id,
    publicKey,
    ...described(description),
    ...(label !== null && { operatorLabel: label }),
    ...((operator ?? grants[0]) !== undefined && { role: (operator ?? grants[0])?.role }),
    roles: grants.map(({ role }) => role),
    scopes: [...new Set(grants.flatMap((grant) => grant.scopes))],
    ...(remoteAddress !== null && { remoteIp: remoteAddress }),
    approvedVia,
    createdAtMs: device.createdAt,
    approvedAtMs: device.approvedAt,
    ...(device.lastSeenAt !== null && {
      lastSeenAtMs: device.lastSeenAt,
      lastSeenReason: 'connect',
    }),
    tokens: grants.map(tokenView),
  }
}

/** Its scopes with those they imply, as the wire's clients expect them. */
function tokenView({ role, scopes, token, rotatedAt, lastUsedAt, expiresAt }: PairedGrant) {
  return {
    role,
    scopes: withImplied(scopes),
    createdAtMs: token.issuedAt,
    ...(rotatedAt !== null && { rotatedAtMs: rotatedAt }),
    ...(lastUsedAt !== null && { lastUsedAtMs: lastUsedAt }),
    ...(expiresAt !== null && { expiresAtMs: expiresAt }),
  }
}

/** Admin implies read and write, write implies read; sorted by name. */
function withImplied(scopes: readonly Scope[]): readonly Scope[] {
  const implied = SCOPES.filter(
    (scope) =>
      scopes.includes(scope) ||
      ((scope === 'operator.read' || scope === 'operator.write') && holds(scopes, scope)),
  )
  return implied.toSorted()
}

/** What it says of itself. */
export function described({
  displayName,
  platform,
  deviceFamily,
  clientId,
  clientMode,
}: PairedDevice['description']) {
  return {
    ...(displayName !== null && displayName !== '' && { displayName }),
    ...(platform !== null && platform !== '' && { platform }),
    ...(deviceFamily !== null && deviceFamily !== '' && { deviceFamily }),
    ...(clientId !== null && { clientId }),
    ...(clientMode !== null && { clientMode }),
  }
}
