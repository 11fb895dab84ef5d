/** Paired devices as the decision sees them: lookups in memory, nothing else. `pairing/` keeps them. */
import type { CodeMaker } from './code-maker.ts'
import type { Scope } from './scopes.ts'
import type { Role } from './types.ts'

/** What one device was approved for in one role. */
export interface DeviceGrant {
  /** Random: another approval of the same device and role is another grant. */
  readonly id: string
  readonly role: Role
  readonly scopes: readonly Scope[]
  /** Milliseconds since the epoch; `null` never. */
  readonly expiresAt: number | null
  /** When it was seen to be over: it stays so, by whatever clock. */
  readonly lapsedAt?: number | undefined
}

export interface KnownDevice {
  readonly id: string
  /** Raw Ed25519 key, base64url. */
  readonly publicKey: string
  /** For people. */
  readonly name: string
  /** Roles that an operator revoked, narrowed or removed, and that none has given back: until then nothing is given unasked. */
  readonly barred: readonly Role[]
  /** One a role. An expired one is still here, and no longer counts. */
  readonly grants: readonly DeviceGrant[]
}

/** A device token that is live. */
export interface KnownDeviceToken {
  readonly deviceId: string
  readonly role: Role
  /** Made by a rotation, and not used yet. */
  readonly fresh: boolean
}

/** A setup code that can still be used: for the first device that shows it, or the one that did. */
export interface KnownSetupCode {
  readonly setupId: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  readonly maker: CodeMaker
  /** What it approves, the first role being the one to connect as. */
  readonly grants: readonly { readonly role: Role; readonly scopes: readonly Scope[] }[]
}

/** Each is one lookup, however many there are. */
export interface Devices {
  find(deviceId: string): KnownDevice | null
  /** `digest`: SHA-256 of the token, hex. */
  findToken(digest: string): KnownDeviceToken | null
  findSetupCode(digest: string): KnownSetupCode | null
  /** It was a setup code that nobody used in its time, and opens nothing: for the owner to read, not for the caller. */
  wasSetupCode(digest: string): boolean
}

/** The grant of this role, if it is in force. `now`: milliseconds since the epoch. */
export function liveGrant(device: KnownDevice, role: Role, now: number): DeviceGrant | null {
  const grant = device.grants.find((one) => one.role === role)
  return grant === undefined || expired(grant, now) ? null : grant
}

export function expired(
  { expiresAt, lapsedAt }: Pick<DeviceGrant, 'expiresAt' | 'lapsedAt'>,
  now: number,
): boolean {
  return lapsedAt !== undefined || (expiresAt !== null && expiresAt <= now)
}
