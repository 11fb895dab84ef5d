/** `node.pair.list`: which nodes there are, and what they ask to be allowed. */
import { z } from 'zod'
import type { ConnectedNodes } from '../nodes/types.ts'
import type { PairingDesk } from '../pairing/desk.ts'
import { mayTouch } from '../pairing/authority.ts'
import { nodes, waitingSurfaces } from '../pairing/nodes.ts'
import { callingActor } from './device-answer.ts'
import { pairedNodeView, surfaceRequestView } from './node-view.ts'
import { defineOperation, type Operation } from './types.ts'

export interface NodeParts {
  readonly desk: PairingDesk
  readonly connected: ConnectedNodes
}

export function nodePairList({ desk, connected }: NodeParts): Operation {
  return defineOperation({
    name: 'node.pair.list',
    summary: 'Which nodes are paired, and which commands wait for an approval.',
    requires: 'operator.pairing',
    changes: false,
    http: { method: 'GET', path: '/api/v1/nodes/requests' },
    websocket: true,
    input: z.strictObject({}),
    run(_input, call) {
      const actor = callingActor(call)
      return {
        pending: waitingSurfaces(desk)
          .filter(({ device }) => mayTouch(actor, device.id))
          .map(({ device, request }) => surfaceRequestView(device, request)),
        paired: nodes(desk)
          .filter(({ id }) => mayTouch(actor, id))
          .map((device) => pairedNodeView(device, connected.find(device.id), desk.clock())),
      }
    },
  })
}
