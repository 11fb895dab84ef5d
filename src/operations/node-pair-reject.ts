/** `node.pair.reject`: a node is not allowed what it asks for; what was approved before stays. */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { rejectSurface } from '../pairing/nodes.ts'
import { callingActor, denied, unknown } from './device-answer.ts'
import { requestIdShape } from './device-pair-approve.ts'
import type { NodeParts } from './node-pair-list.ts'
import { surfaceSubject } from './pairing-subject.ts'
import { defineOperation, type Operation } from './types.ts'

export function nodePairReject({ desk }: Pick<NodeParts, 'desk'>): Operation {
  return defineOperation({
    name: 'node.pair.reject',
    summary: 'Rejects what a node asks to be allowed.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/nodes/requests/:requestId/reject' },
    websocket: true,
    input: z.strictObject({ requestId: requestIdShape }),
    subject: ({ requestId }) => surfaceSubject(desk, requestId),
    async run({ requestId }, call) {
      const answer = await rejectSurface(desk, requestId, callingActor(call))
      switch (answer.kind) {
        case 'rejected':
          return { requestId, nodeId: answer.nodeId }
        case 'unknown':
          throw unknown('requestId')
        case 'denied':
          throw denied('node pairing rejection')
        default:
          return unreachable(answer)
      }
    },
  })
}
