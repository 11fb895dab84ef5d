/** What a caller who was let in a while ago rests on, and whether it is there yet (SPEC 1, R44, R45). */
import type { Decision, Principal } from '../access/types.ts'
import { holds } from '../access/scopes.ts'
import type { Gateway } from './gateway.ts'
import type { Allowed } from './outcome.ts'

/** The same caller, with all that they might do before. */
export function covers(decision: Decision, before: Principal): boolean {
  if (decision.kind === 'denied') return false
  const { principal: now } = decision
  const same =
    now.kind === before.kind &&
    now.id === before.id &&
    now.role === before.role &&
    now.credentialId === before.credentialId
  return same && before.scopes.every((scope) => holds(now.scopes, scope))
}

/** Their end may come by time alone: keys and approvals expire, and sessions fall asleep. */
export function endsByTime({ method, device }: Allowed, gateway: Gateway): boolean {
  if (method === 'api-key' || method === 'session') return true
  if (device === null) return false
  // As the approval is now: it may have got an end since this caller came.
  const grants = gateway.access().devices.find(device.id)?.grants ?? []
  return grants.some(({ role, expiresAt }) => role === device.role && expiresAt !== null)
}
