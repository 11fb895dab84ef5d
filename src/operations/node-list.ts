/** `node.list`: the nodes, which of them are connected, and what each may be asked to run. */
import { z } from 'zod'
import { nodes } from '../pairing/nodes.ts'
import type { NodeParts } from './node-pair-list.ts'
import { nodeView } from './node-view.ts'
import { defineOperation, type Operation } from './types.ts'

export function nodeList({ desk, connected }: NodeParts): Operation {
  return defineOperation({
    name: 'node.list',
    summary: 'The nodes, which of them are connected, and what each may be asked to run.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/nodes' },
    websocket: true,
    input: z.strictObject({}),
    run: () => ({
      ts: desk.clock(),
      nodes: nodes(desk).map((device) => nodeView(device, connected.find(device.id), desk.clock())),
    }),
  })
}
