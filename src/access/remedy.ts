/** How an approval that is missing may come about: unasked, by an operator, or not at all for this caller (SPEC 4). */
import { expired, type KnownDevice } from './devices.ts'
import { locality } from './locality.ts'
import type { Scene } from './methods/types.ts'
import { holds, narrowScopes, type Scope } from './scopes.ts'
import type { DeviceClaim, MethodName, PairingNeed, Principal, Role } from './types.ts'

/** Who the credentials said it is, with all that they grant. */
export interface Accepted {
  readonly principal: Principal
  readonly method: MethodName
}

/** A right credential beside a device with a valid proof, which asks for a role. */
export interface Candidate {
  readonly accepted: Accepted
  readonly device: DeviceClaim
  readonly role: Role
  readonly scene: Scene
  readonly now: number
}

/** Methods whose bearer may come from any machine: with them, the device says which one it is. */
export const NAMES_NO_MACHINE: ReadonlySet<MethodName> = new Set([
  'token',
  'password',
  'tailscale',
  'trusted-proxy',
])

/** `unknown`: only the kernel can tell whether the caller is on this host, and it matters. */
export function remedyFor(
  { accepted, role, scene, now }: Candidate,
  known: KnownDevice | null,
  why: PairingNeed['why'],
): PairingNeed['remedy'] | 'unknown' {
  const { method } = accepted
  const owner = method === 'local' || method === 'none'
  if (!owner && !NAMES_NO_MACHINE.has(method)) return 'none'
  // What an operator took away, or let expire, an operator gives back (R15).
  const lapsed = known?.grants.some((grant) => grant.role === role && expired(grant, now)) === true
  const barred = known !== null && known.barred.length > 0
  if (barred || lapsed || exceedsCaller(accepted, role, scene)) return 'request'

  const { required, autoApprove } = scene.access.policy.pairing
  if (!required || (autoApprove && known === null)) return 'automatic'
  if (method !== 'token' && method !== 'password') return 'request'
  // On this host: a new device, or broader scopes of a known one; never another role (SPEC 4).
  if (known !== null && why !== 'scope-upgrade') return 'request'
  const local = locality(scene.evidence, scene.facts, scene.access.policy)
  if (local === 'unknown') return 'unknown'
  return local === 'yes' ? 'automatic' : 'request'
}

const ADMIN: Scope = 'operator.admin'

/** It asks for more than whoever brought it may do here: nobody grants what they have not (R11). */
function exceedsCaller({ principal }: Accepted, role: Role, { evidence }: Scene): boolean {
  const { requestedScopes, scopesHeader } = evidence
  // None but an administrator gives another role than operator, asked or unasked.
  const needed = [...(requestedScopes ?? []), ...(role === 'operator' ? [] : [ADMIN])]
  // The header takes away by name: what it does not leave is nobody's to give.
  const held =
    scopesHeader === null ? principal.scopes : narrowScopes(principal.scopes, scopesHeader)
  return needed.some((scope) => !holds(held, scope))
}
