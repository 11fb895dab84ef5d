/** Whether a new decision leaves a caller what an earlier one gave: the same principal, and every scope. */
import { holds } from '../access/scopes.ts'
import type { Decision, Principal } from '../access/types.ts'

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
