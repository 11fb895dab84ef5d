/** `node.rename`: what an operator calls a node. */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { rename } from '../pairing/manage.ts'
import { findNode } from '../pairing/nodes.ts'
import { callingActor, denied, unknown } from './device-answer.ts'
import { labelShape } from './device-pair-rename.ts'
import type { NodeParts } from './node-pair-list.ts'
import { nodeIdShape } from './node-pair-remove.ts'
import { deviceSubject } from './pairing-subject.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

export function nodeRename({ desk }: Pick<NodeParts, 'desk'>): Operation {
  return defineOperation({
    name: 'node.rename',
    summary: 'Gives a node a name.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/nodes/:nodeId/rename' },
    websocket: true,
    input: z.strictObject({ nodeId: nodeIdShape, displayName: labelShape }),
    subject: ({ nodeId }) => deviceSubject(desk, nodeId),
    async run({ nodeId, displayName: given }, call) {
      const displayName = given.trim()
      if (displayName === '') throw new Refusal('invalid_input', 'displayName required')
      // A device that is no node is unknown here, like one that is not there at all.
      const deviceId = findNode(desk, nodeId) === null ? '' : nodeId
      const answer = await rename(desk, { deviceId, label: displayName }, callingActor(call))
      switch (answer.kind) {
        case 'done':
          return { nodeId, displayName }
        case 'unknown':
          throw unknown('nodeId')
        case 'denied':
          throw denied('node rename')
        default:
          return unreachable(answer)
      }
    },
  })
}
