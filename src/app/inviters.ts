/** Whether whoever made an invitation may still make one: with the right, the invitation ends (decision 008). */
import { makerStands, type CodeMaker } from '../access/code-maker.ts'
import { liveGrant, type Devices } from '../access/devices.ts'
import { holds } from '../access/scopes.ts'
import type { AccessPolicy } from '../access/types.ts'
import type { Clock } from '../core/clock.ts'

export interface InviterParts {
  readonly devices: () => Pick<Devices, 'find'>
  readonly policy: () => AccessPolicy
  readonly clock: Clock
}

const NEEDS = 'operator.pairing'

export function inviterStands({ devices, policy, clock }: InviterParts) {
  return (maker: CodeMaker): boolean =>
    maker.kind === 'device'
      ? deviceStands(maker, devices(), clock())
      : makerStands(maker, policy(), NEEDS)
}

/** By that very approval: one that was revoked and given again is another. */
function deviceStands(
  { id, madeBy }: CodeMaker,
  devices: Pick<Devices, 'find'>,
  now: number,
): boolean {
  const device = devices.find(id)
  const grant = device === null ? null : liveGrant(device, 'operator', now)
  if (grant === null || madeBy === null || !holds(grant.scopes, NEEDS)) return false
  // A device token's own digest may follow: a rotation is no other approval.
  return `${madeBy}:`.startsWith(`device:${id}:operator:${grant.id}:`)
}
