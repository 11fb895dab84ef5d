/** What is kept of devices: approvals, requests for one, and setup codes. Holds no secret, only digests and seeds. */
import type { DeviceGrant, KnownDevice, KnownSetupCode } from '../access/devices.ts'
import type { Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'

/** What a client says of itself. For people: nothing is decided by it (R07). */
export interface DeviceDescription {
  readonly displayName: string | null
  readonly platform: string | null
  readonly deviceFamily: string | null
  readonly clientId: string | null
  readonly clientMode: string | null
}

/** How an approval came about, in the wire's words. */
export type ApprovedVia = 'silent' | 'owner' | 'bootstrap'

/** A token that was issued: it can be made again from its seed, under a key that is not in the store. */
export interface IssuedToken {
  readonly seed: string
  /** SHA-256 of the token, hex. */
  readonly digest: string
  /** Milliseconds since the epoch, as all times here. */
  readonly issuedAt: number
}

export interface PairedGrant extends DeviceGrant {
  readonly approvedAt: number
  /** Who approved: `owner:owner`, `device:…`; for the record and for people. */
  readonly approvedBy: string
  readonly token: IssuedToken
  /** Made by a rotation: both are valid until this one has been used (SPEC 4). */
  readonly next: IssuedToken | null
  /** Made by rotations before that one, and not used so far: the device may have stored any of them. */
  readonly superseded: readonly IssuedToken[]
  readonly rotatedAt: number | null
  readonly lastUsedAt: number | null
}

/** What a node says it can do, and what of it an operator has allowed (PROTOCOL 3.7). */
export interface NodeSurface {
  readonly caps: readonly string[]
  readonly commands: readonly string[]
}
export interface ApprovedSurface extends NodeSurface {
  readonly approvedAt: number
  /** With the approval of the device that approved it; `null` never. */
  readonly expiresAt: number | null
  /** When it was seen to be over. */
  readonly lapsedAt?: number | undefined
}
export interface SurfaceRequest extends NodeSurface {
  readonly requestId: string
  readonly at: number
}

export interface PairedDevice extends KnownDevice {
  readonly grants: readonly PairedGrant[]
  readonly description: DeviceDescription
  /** What an operator calls it; wins over what it calls itself. */
  readonly label: string | null
  /** Where it asked from; `null` on this host. */
  readonly remoteAddress: string | null
  readonly approvedVia: ApprovedVia
  readonly createdAt: number
  readonly approvedAt: number
  readonly lastSeenAt: number | null
  /** Removed by an operator: kept so that nothing lets it in again unasked. */
  readonly removedAt: number | null
  readonly surface: {
    readonly approved: ApprovedSurface | null
    readonly pending: SurfaceRequest | null
  }
}

/** One device asking for one role with these scopes. Never changes: whoever asks for something else makes another (R12). */
export interface PairingRequest {
  readonly requestId: string
  /** SHA-256 over key, role and scopes. */
  readonly digest: string
  readonly deviceId: string
  readonly publicKey: string
  readonly role: Role
  readonly scopes: readonly Scope[]
  readonly description: DeviceDescription
  /** Origin of the page that asks; `null` for what is no page. */
  readonly browserOrigin: string | null
  readonly remoteAddress: string | null
  /** Whose request it counts as. */
  readonly clientAddress: string
  /** The device was approved for something before. */
  readonly isRepair: boolean
  readonly createdAt: number
  /** The device asked again for the same: the time it waits begins anew. */
  readonly refreshedAt: number
}

export interface SetupCode extends KnownSetupCode {
  /** SHA-256 of the bootstrap token, hex. */
  readonly digest: string
  /** `full`, `limited` or `node`: the wire's word for what it gives. */
  readonly access: 'full' | 'limited' | 'node'
  readonly createdAt: number
  readonly createdBy: string
  /** When what it approves ends: with the approval of the device that made it. `null` never. */
  readonly approvesUntil: number | null
  /** When it was seen to be over. */
  readonly lapsedAt?: number | undefined
  /** The device that used it, and when; `null` while it can be used. */
  readonly usedBy: { readonly deviceId: string; readonly at: number } | null
}

/** All that is written at once, or not at all. */
export interface PairingChange {
  readonly devices?: readonly PairedDevice[]
  readonly requests?: readonly PairingRequest[]
  /** Ids of requests that are over. */
  readonly resolved?: readonly string[]
  readonly setupCodes?: readonly SetupCode[]
  /** Ids of setup codes that are forgotten. */
  readonly forgotten?: readonly string[]
  /** Ids of devices that are forgotten: after them, they were never there. */
  readonly forgottenDevices?: readonly string[]
}

export interface PairingState {
  readonly devices: readonly PairedDevice[]
  readonly requests: readonly PairingRequest[]
  readonly setupCodes: readonly SetupCode[]
}

/** Where it survives a restart; `storage/` implements it. */
export interface PairingStore {
  /** Resolves when all of it is on disk; rejects, with nothing changed, when it is not. */
  save(change: PairingChange): Promise<void>
}
