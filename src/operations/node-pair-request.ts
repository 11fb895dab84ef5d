/** `node.pair.request`: asks for a paired node's commands in its place, as older clients do (S0). */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { askForSurface } from '../pairing/nodes.ts'
import { claimedSurface } from '../pairing/surface.ts'
import { callingActor, denied } from './device-answer.ts'
import type { NodeParts } from './node-pair-list.ts'
import { nodeIdShape } from './node-pair-remove.ts'
import { pairedNodeView, surfaceRequestView } from './node-view.ts'
import { deviceSubject } from './pairing-subject.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

const text = z.string().max(512)
const names = z.array(z.string().min(1).max(512)).max(256)

/** What a node says of itself stands in its connect, signed; here it is taken and left alone (R07). */
const LEFT_ALONE = {
  displayName: text.optional(),
  platform: text.optional(),
  version: text.optional(),
  coreVersion: text.optional(),
  uiVersion: text.optional(),
  deviceFamily: text.optional(),
  modelIdentifier: text.optional(),
  permissions: z.record(z.string(), z.boolean()).optional(),
  remoteIp: text.optional(),
  silent: z.boolean().optional(),
}

const HOW_A_NODE_PAIRS =
  'unknown nodeId: a node pairs by connecting with its key in role node, or with a setup code (`openclaw qr`); this method asks for the commands of one that is paired'

export function nodePairRequest({ desk, connected }: NodeParts): Operation {
  return defineOperation({
    name: 'node.pair.request',
    summary:
      'Asks for the commands of a paired node in its place; the node asks by itself when it connects.',
    requires: 'operator.pairing',
    changes: true,
    http: { method: 'POST', path: '/api/v1/nodes/:nodeId/request' },
    websocket: true,
    input: z.strictObject({
      nodeId: nodeIdShape,
      caps: names.optional(),
      commands: names.optional(),
      ...LEFT_ALONE,
    }),
    subject: ({ nodeId }) => deviceSubject(desk, nodeId),
    async run({ nodeId, caps = [], commands = [] }, call) {
      const claimed = claimedSurface({ caps, commands })
      const answer = await askForSurface(desk, { nodeId, claimed }, callingActor(call))
      switch (answer.kind) {
        case 'waiting': {
          const { device, request, created } = answer
          return { status: 'pending', created, request: surfaceRequestView(device, request) }
        }
        case 'covered': {
          const node = pairedNodeView(answer.device, connected.find(nodeId), desk.clock())
          return { status: 'approved', created: false, node }
        }
        case 'unknown':
          throw new Refusal('unknown_pairing', HOW_A_NODE_PAIRS)
        case 'denied':
          throw denied('node pairing request')
        default:
          return unreachable(answer)
      }
    },
  })
}
