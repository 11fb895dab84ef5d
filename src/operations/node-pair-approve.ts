/** `node.pair.approve`: allows a node's commands, exactly those that its request says. */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { approveSurface } from '../pairing/nodes.ts'
import { callingActor, denied, exceeds, unknown } from './device-answer.ts'
import { requestIdShape } from './device-pair-approve.ts'
import type { NodeParts } from './node-pair-list.ts'
import { pairedNodeView } from './node-view.ts'
import { surfaceSubject } from './pairing-subject.ts'
import { defineOperation, type Operation } from './types.ts'

export function nodePairApprove({ desk, connected }: NodeParts): Operation {
  return defineOperation({
    name: 'node.pair.approve',
    summary:
      'Approves what a node asks to be allowed; commands need `operator.write` too, the dangerous ones `operator.admin`.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/nodes/requests/:requestId/approve' },
    websocket: true,
    input: z.strictObject({ requestId: requestIdShape }),
    subject: ({ requestId }) => surfaceSubject(desk, requestId),
    async run({ requestId }, call) {
      const answer = await approveSurface(desk, requestId, callingActor(call))
      switch (answer.kind) {
        case 'approved': {
          const { device } = answer
          return {
            requestId,
            node: pairedNodeView(device, connected.find(device.id), desk.clock()),
          }
        }
        case 'unknown':
          throw unknown('requestId')
        case 'denied':
          throw denied('node pairing approval')
        case 'missing-scope':
          throw exceeds(answer.scope)
        default:
          return unreachable(answer)
      }
    },
  })
}
