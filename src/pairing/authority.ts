/** What somebody may do to somebody's device (SPEC 4, PROTOCOL 3.2): decided here for every way of asking (R11, R13). */
import { liveGrant, type Devices } from '../access/devices.ts'
import { holds, type Scope } from '../access/scopes.ts'
import type { MethodName, Principal, Role } from '../access/types.ts'
import { requiredApproveScopes } from './node-commands.ts'

/** Whoever asks. */
export interface Actor {
  readonly scopes: readonly Scope[]
  /** The device whose own token, or login, brought them in; `null` for everybody else, who may act on any device within their scopes. */
  readonly deviceId: string | null
  /** `kind:id`. */
  readonly name: string
}

export type Authority =
  | { readonly kind: 'yes' }
  /** Nothing more is said: not whether the device exists. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'missing-scope'; readonly scope: Scope }

const YES: Authority = { kind: 'yes' }
const DENIED: Authority = { kind: 'denied' }

export function actorOf(principal: Principal, method: MethodName): Actor {
  // A browser that the device logged in is no more than the device.
  const own = principal.kind === 'device' && (method === 'device-token' || method === 'session')
  return {
    scopes: principal.scopes,
    deviceId: own ? principal.id : null,
    name: actorName(principal.kind, principal.id),
  }
}

export function actorName(kind: Principal['kind'], id: string): string {
  return `${kind}:${id}`
}

/** An administrator acts on every device; anybody else with a device's token on that device alone. */
export function mayTouch(actor: Actor, deviceId: string): boolean {
  return isAdministrator(actor) || actor.deviceId === null || actor.deviceId === deviceId
}

export function isAdministrator({ scopes }: Actor): boolean {
  return holds(scopes, 'operator.admin')
}

/**
 * Nobody gives what they do not hold, and none but an administrator gives another role than operator. Writing is worth
 * tools to a device (SPEC 3), and is given by whoever may write: clients ask for what the request says and no more.
 */
export function mayGrant(
  actor: Actor,
  {
    deviceId,
    role,
    scopes,
  }: { readonly deviceId: string; readonly role: Role; readonly scopes: readonly Scope[] },
): Authority {
  if (!mayTouch(actor, deviceId)) return DENIED
  if (role !== 'operator' && !isAdministrator(actor)) return DENIED
  const missing = scopes.find((scope) => !holds(actor.scopes, scope))
  return missing === undefined ? YES : { kind: 'missing-scope', scope: missing }
}

/** Whether the actor is still somebody, and until when: what it gives lasts no longer than that. */
export type Standing =
  | { readonly kind: 'over' }
  /** Milliseconds since the epoch; `null` never. */
  | { readonly kind: 'until'; readonly expiresAt: number | null }

/** A device may have been revoked between its call and its turn. `now`: milliseconds since the epoch. */
export function standingOf(
  { deviceId }: Actor,
  devices: Pick<Devices, 'find'>,
  now: number,
): Standing {
  if (deviceId === null) return { kind: 'until', expiresAt: null }
  const device = devices.find(deviceId)
  const grant = device === null ? null : liveGrant(device, 'operator', now)
  return grant === null ? { kind: 'over' } : { kind: 'until', expiresAt: grant.expiresAt }
}

/** The earlier end of the two. */
export function within(
  standing: Extract<Standing, { kind: 'until' }>,
  expiresAt: number | null,
): number | null {
  if (standing.expiresAt === null || expiresAt === null) return standing.expiresAt ?? expiresAt
  return Math.min(standing.expiresAt, expiresAt)
}

/** A node's commands: whoever has not the scopes to ask for them does not allow them either. */
export function mayGrantSurface(
  actor: Actor,
  nodeId: string,
  commands: readonly string[],
): Authority {
  if (!mayTouch(actor, nodeId)) return DENIED
  const missing = requiredApproveScopes(commands).find((scope) => !holds(actor.scopes, scope))
  return missing === undefined ? YES : { kind: 'missing-scope', scope: missing }
}

/** A device's own token changes that device, unless it has a role that is not the operator's. */
export function mayManage(
  actor: Actor,
  deviceId: string,
  device: { readonly grants: readonly { readonly role: Role }[] } | null,
): boolean {
  if (!mayTouch(actor, deviceId)) return false
  if (isAdministrator(actor) || actor.deviceId === null) return true
  return device === null || device.grants.every(({ role }) => role === 'operator')
}

/** The token of a role: as for granting it, and every refusal is the same one (R13). */
export function mayReissue(
  actor: Actor,
  grant: { readonly deviceId: string; readonly role: Role; readonly scopes: readonly Scope[] },
): boolean {
  return mayGrant(actor, grant).kind === 'yes'
}
