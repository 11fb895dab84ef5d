/** What every connection of this surface works with. */
import type { CheckDevice } from '../../access/device-proof.ts'
import type { Operation } from '../../operations/types.ts'
import type { Gateway } from '../gateway.ts'
import type { WebSocketLimits } from './limits.ts'

/** Why a `connect` cannot be answered now, or that it can. */
export type Phase = 'starting' | 'accepting' | 'draining'

export interface Parts {
  readonly gateway: Gateway
  readonly limits: WebSocketLimits
  /** By name: the operations that are served here. */
  readonly methods: ReadonlyMap<string, Operation>
  readonly phase: () => Phase
  readonly checkDevice: CheckDevice
}
