/** What the record keeps of a handshake. */
import type { Decision, Evidence } from '../../access/types.ts'
import { requestEntry, surfaceOf } from '../entry.ts'
import type { Gateway, RequestTrace } from '../gateway.ts'
import type { Outcome } from '../outcome.ts'

export interface Told {
  readonly evidence: Evidence
  readonly decision: Decision | null
  readonly outcome: Outcome
  readonly trace?: RequestTrace | null
}

/** Allowed or refused: every handshake is one entry (SPEC 10). Returns its id. */
export function recordConnect(
  gateway: Gateway,
  { evidence, decision, outcome, trace }: Told,
): string {
  const requestId = gateway.newRequestId()
  gateway.record.write(
    requestEntry({
      requestId,
      at: gateway.clock(),
      operation: 'connect',
      evidence,
      peer: evidence.peer.address,
      decision,
      outcome,
    }),
  )
  const surface = surfaceOf(evidence)
  const ended = { requestId, surface, operation: 'connect', decision, outcome, ms: null }
  gateway.meter.ended(ended)
  trace?.ended(ended)
  return requestId
}
