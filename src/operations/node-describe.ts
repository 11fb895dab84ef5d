/** `node.describe`: one node, as `node.list` shows it. */
import { z } from 'zod'
import { findNode } from '../pairing/nodes.ts'
import { unknown } from './device-answer.ts'
import type { NodeParts } from './node-pair-list.ts'
import { nodeIdShape } from './node-pair-remove.ts'
import { nodeView } from './node-view.ts'
import { defineOperation, type Operation } from './types.ts'

export function nodeDescribe({ desk, connected }: NodeParts): Operation {
  return defineOperation({
    name: 'node.describe',
    summary: 'One node, as `node.list` shows it.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/nodes/:nodeId' },
    websocket: true,
    input: z.strictObject({ nodeId: nodeIdShape }),
    run({ nodeId }) {
      const device = findNode(desk, nodeId)
      if (device === null) throw unknown('nodeId')
      return { ts: desk.clock(), ...nodeView(device, connected.find(nodeId), desk.clock()) }
    },
  })
}
