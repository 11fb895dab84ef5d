/** What the record keeps of a handshake. */
import type { Decision, Evidence } from '../../access/types.ts'
import { requestEntry, type Recorded } from '../entry.ts'
import type { Gateway } from '../gateway.ts'

export interface Told {
  readonly evidence: Evidence
  readonly decision: Decision | null
  readonly outcome: Recorded['outcome']
}

/** Allowed or refused: every handshake is one entry (SPEC 10). */
export function recordConnect(gateway: Gateway, { evidence, decision, outcome }: Told): void {
  gateway.record.write(
    requestEntry({
      requestId: gateway.newRequestId(),
      at: gateway.clock(),
      operation: 'connect',
      evidence,
      peer: evidence.peer.address,
      decision,
      outcome,
    }),
  )
}
