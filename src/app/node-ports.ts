/** Nodes, joined to the sockets they are connected by and to the one way in: a typed token is judged by `identify` like any other. */
import type { Decision } from '../access/types.ts'
import type { Secret } from '../core/secret.ts'
import type { NodeInvocations } from '../nodes/invocations.ts'
import type { ConnectedNodes } from '../nodes/types.ts'
import type { OperationPorts } from '../operations/index.ts'
import type { TokenAnswer } from '../operations/node-pair-verify.ts'
import type { Call } from '../operations/types.ts'
import type { PairingDesk } from '../pairing/desk.ts'
import type { Connection } from '../server/connection.ts'
import { requestEntry } from '../server/entry.ts'
import type { Gateway } from '../server/gateway.ts'
import { HttpCall } from '../server/http-call.ts'
import { identify } from '../server/identify.ts'
import { refused } from '../server/outcome.ts'
import { withToken } from '../server/typed-credential.ts'
import { FrameCall } from '../server/websocket/frame-call.ts'

export interface NodePortParts {
  readonly desk: PairingDesk
  readonly connected: ConnectedNodes
  readonly invocations: NodeInvocations
  readonly gateway: () => Gateway
}

export function nodePorts(parts: NodePortParts): OperationPorts['nodes'] {
  const { desk, connected, invocations, gateway } = parts
  return {
    desk,
    connected,
    invocations,
    judgeToken: (token, call) => judgeToken(token, call, gateway()),
  }
}

async function judgeToken(token: Secret, call: Call, gateway: Gateway): Promise<TokenAnswer> {
  const evidence = withToken(call.evidence, token)
  const decision = await identify(evidence, connectionOf(call), gateway)
  if (decision.failures.length > 0) noteFailure(decision, call, gateway)
  if (decision.kind === 'denied' && decision.reason === 'locked')
    return { kind: 'held', retryAfterMs: decision.retryAfterMs }
  // Held, and yet let in by who the socket says it is: the token was not looked at.
  if (decision.trace.some(({ verdict }) => verdict === 'held'))
    return { kind: 'held', retryAfterMs: AT_ONCE_MS }
  if (decision.kind === 'denied' || decision.method !== 'device-token') return { kind: 'no' }
  const { kind, id, role } = decision.principal
  return kind === 'device' && role === 'node' ? { kind: 'node', nodeId: id } : { kind: 'no' }
}

const AT_ONCE_MS = 1_000

/** A counted failure is on the record, whoever it was that asked (SPEC 2.4). */
function noteFailure(judged: Decision, { evidence, clientAddress }: Call, gateway: Gateway): void {
  const reason = judged.failures[0]?.reason ?? 'device_token_unknown'
  const decision: Decision = {
    kind: 'denied',
    reason,
    code: reason,
    retryAfterMs: 0,
    failures: judged.failures,
    account: judged.account,
    clientAddress,
    trace: judged.trace,
    pairing: null,
  }
  gateway.record.write(
    requestEntry({
      requestId: gateway.newRequestId(),
      at: gateway.clock(),
      operation: 'node.pair.verify',
      evidence,
      peer: evidence.peer.address,
      decision,
      outcome: refused(reason),
    }),
  )
}

function connectionOf(call: Call): Connection {
  if (call instanceof HttpCall || call instanceof FrameCall) return call.connection
  throw new Error('a token came over something else than HTTP or WebSocket')
}
