/** The tokens that a device is handed in its hello, to come back with (PROTOCOL 2.11, 3.6). */
import type { Role } from '../../access/types.ts'
import type { IssuedSecret } from '../../pairing/manage.ts'
import type { Gateway } from '../gateway.ts'
import type { Allowed } from '../outcome.ts'

export interface IssuedToken extends IssuedSecret {
  readonly role: Role
  readonly scopes: readonly string[]
}

interface Issuing {
  readonly gateway: Gateway
  readonly bySetupCode: boolean
}

/** That of its own role first. At once, but where the state dir's key was lost and another token has to be made. */
export function issueTokens(
  decision: Allowed,
  issuing: Issuing,
): readonly IssuedToken[] | Promise<readonly IssuedToken[]> {
  const { pairing } = issuing.gateway
  const roles = rolesToIssue(decision, issuing)
  const deviceId = decision.device?.id ?? ''
  const ready = roles.map((role) => ({ role, secret: pairing.issued(deviceId, role.role) }))
  if (ready.every(({ secret }) => secret !== 'lost'))
    return ready.flatMap(({ role, secret }) => withSecret(role, secret))
  return Promise.all(
    roles.map(async (role) => withSecret(role, await pairing.reissue(deviceId, role.role))),
  ).then((made) => made.flat())
}

type RoleToIssue = Pick<IssuedToken, 'role' | 'scopes'>

/**
 * A device gets the token of its role; by a setup code those of all its roles. Whoever came as a proxy's or
 * tailnet's user gets none: it would outlive what the proxy says of them.
 */
function rolesToIssue(
  { device, method, principal }: Allowed,
  { gateway, bySetupCode }: Issuing,
): readonly RoleToIssue[] {
  if (device === null || method === 'trusted-proxy' || method === 'tailscale') return []
  const grants = gateway.access().devices.find(device.id)?.grants ?? []
  const granted = grants.find(({ role }) => role === device.role)?.scopes
  const own = { role: device.role, scopes: granted ?? principal.scopes }
  if (!bySetupCode) return [own]
  return [own, ...grants.filter(({ role }) => role !== device.role)]
}

function withSecret(
  { role, scopes }: RoleToIssue,
  secret: IssuedSecret | 'lost' | null,
): readonly IssuedToken[] {
  return secret === null || secret === 'lost' ? [] : [{ role, scopes, ...secret }]
}
