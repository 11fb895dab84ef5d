/** What a `connect` frame adds to what its upgrade showed: credentials, and the scopes it asks for. */
import type { Challenge, CheckDevice } from '../../access/device-proof.ts'
import { SCOPES, type Scope } from '../../access/scopes.ts'
import type { Credential, DeviceClaim, Evidence, Role } from '../../access/types.ts'
import { Secret } from '../../core/secret.ts'
import { sessionIn, toCredentials, type Presented } from '../credentials.ts'
import type { ConnectParams } from './connect-params.ts'
import { printable } from './frames.ts'

/** Kept for as long as the connection lives: a reload judges it again. */
export interface Asked {
  readonly credentials: readonly Credential[]
  readonly sessionProof: Secret | null
  /** Known ones, in the order they were asked for. */
  readonly scopes: readonly Scope[]
  readonly role: Role
  /** Checked once, against the challenge of this socket. */
  readonly device: DeviceClaim | null
  readonly controlUi: boolean
  /** What the client calls itself. Decides nothing (R07). */
  readonly agent: string
}

/** How a device's proof is checked on this socket. */
export interface Proving {
  readonly check: CheckDevice
  readonly challenge: Challenge
}

/** The fields of `connect.auth` that present something. */
export type AuthField = 'token' | 'password' | 'deviceToken' | 'bootstrapToken'
const AUTH_FIELDS: readonly AuthField[] = ['token', 'password', 'deviceToken', 'bootstrapToken']

export function askedIn(params: ConnectParams, role: Role, proving: Proving): Asked {
  const { auth, scopes, client } = params
  const presented: Presented[] = []
  for (const field of AUTH_FIELDS) {
    const value = auth?.[field] ?? ''
    if (value !== '') presented.push({ value, source: sourceOf(field) })
  }
  const proof = auth?.sessionProof ?? ''
  return {
    credentials: toCredentials(presented, null),
    sessionProof: proof === '' ? null : new Secret(proof),
    scopes: knownInOrder(scopes ?? []),
    role,
    device: deviceIn(params, proving),
    controlUi: client.id === 'openclaw-control-ui',
    agent: printable(`${client.id}/${client.version}`),
  }
}

/** Signed is what was received: the role and the scopes as they came, unknown ones too (SPEC 3). */
function deviceIn(
  { device, client, role, scopes, auth }: ConnectParams,
  { check, challenge }: Proving,
): DeviceClaim | null {
  if (device === undefined) return null
  const words = {
    clientId: client.id,
    clientMode: client.mode,
    role: role ?? 'operator',
    scopes: scopes ?? [],
    token: auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? '',
    platform: client.platform,
    deviceFamily: client.deviceFamily ?? '',
  }
  return check(device, words, challenge)
}

export function sourceOf(field: AuthField): string {
  return `connect.auth.${field}`
}

/** `cookies`: the Cookie header of the upgrade. */
export function connectEvidence(
  upgrade: Evidence,
  asked: Asked,
  cookies: string | undefined,
): Evidence {
  const { scopes, role, device, controlUi, agent } = asked
  return {
    ...upgrade,
    agent,
    credentials: allCredentials(upgrade, asked, cookies),
    requestedScopes: scopes,
    requestedRole: role,
    device,
    controlUi,
  }
}

/** Strings of the frame and of the upgrade's headers: the same one in both is one credential. */
function allCredentials(
  upgrade: Evidence,
  { credentials, sessionProof }: Asked,
  cookies: string | undefined,
): readonly Credential[] {
  // Almost every client presents all it has in the frame: hashing it again would be the dearest step.
  if (upgrade.credentials.length === 0 && sessionProof === null) return credentials
  const presented = [...upgrade.credentials, ...credentials].flatMap(presentedAs)
  const proven = sessionIn(cookies, sessionProof?.reveal(), PROVEN)
  const strings = toCredentials(presented, proven)
  const sessions = upgrade.credentials.filter(
    ({ class: cls, proof }) => cls === 'session' && !sameProof(proof, proven),
  )
  return [...sessions, ...strings]
}

const PROVEN = 'session cookie and connect.auth.sessionProof'

/** A proof in the upgrade's header and another one in the frame are two guesses, and both are judged. */
function sameProof(proof: Secret | null, proven: Credential | null): boolean {
  return proof !== null && proven?.proof !== null && proven?.proof.equals(proof) === true
}

function presentedAs({ class: cls, secret, sources }: Credential): readonly Presented[] {
  if (cls === 'session') return []
  return sources.map((source) => ({ value: secret.reveal(), source }))
}

/** Whatever is no scope of ours is dropped before anything is compared or echoed (SPEC 3). */
function knownInOrder(names: readonly string[]): readonly Scope[] {
  const known: Scope[] = []
  for (const name of names) {
    const scope = SCOPES.find((one) => one === name)
    if (scope !== undefined && !known.includes(scope)) known.push(scope)
  }
  return known
}
