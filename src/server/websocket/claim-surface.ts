/** A node says what it can do: what of it nobody has approved is asked for, once (PROTOCOL 3.7). */
import type { NodeSurface } from '../../pairing/types.ts'
import type { Gateway } from '../gateway.ts'
import type { Allowed } from '../outcome.ts'
import type { ConnectParams } from './connect-params.ts'

export interface ClaimedSurface {
  /** `null`: it is no node. */
  readonly claimed: NodeSurface | null
  /** Resolves when what has to be approved is asked for; `null`: nothing is to be written. */
  readonly asked: Promise<void> | null
}

const NO_CLAIM: ClaimedSurface = { claimed: null, asked: null }

/** A node that cannot ask is let in all the same: without an approval it is not asked to do anything either. */
export function claimSurface(
  { caps = [], commands = [] }: ConnectParams,
  { device }: Allowed,
  { pairing, log }: Gateway,
): ClaimedSurface {
  if (device === null || device.role !== 'node') return NO_CLAIM
  const { claimed, asked } = pairing.claim(device.id, { caps, commands })
  const contained = asked?.catch((error: unknown) =>
    log.failure(`what node ${device.id} can do could not be asked for`, error),
  )
  return { claimed, asked: contained ?? null }
}
