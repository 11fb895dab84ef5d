/** `node.pair.remove`: the device is a node no longer; its connections as one end. */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { removeNode } from '../pairing/nodes.ts'
import { callingActor, denied, unknown } from './device-answer.ts'
import type { NodeParts } from './node-pair-list.ts'
import { deviceSubject } from './pairing-subject.ts'
import { defineOperation, type Operation } from './types.ts'

export const nodeIdShape = z.string().min(1).max(128)

export function nodePairRemove({ desk }: Pick<NodeParts, 'desk'>): Operation {
  return defineOperation({
    name: 'node.pair.remove',
    summary:
      'Removes a node: its token is dead, its commands are forgotten and its connections end.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'DELETE', path: '/api/v1/nodes/:nodeId' },
    websocket: true,
    input: z.strictObject({ nodeId: nodeIdShape }),
    subject: ({ nodeId }) => deviceSubject(desk, nodeId),
    async run({ nodeId }, call) {
      const answer = await removeNode(desk, nodeId, callingActor(call))
      switch (answer.kind) {
        case 'done':
          return { nodeId }
        case 'unknown':
          throw unknown('nodeId')
        case 'denied':
          throw denied('node pairing removal')
        default:
          return unreachable(answer)
      }
    },
  })
}
