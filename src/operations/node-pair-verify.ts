/** `node.pair.verify`: whether a token is this node's; asked, and counted where it is wrong, like a token at the door (R28). */
import { z } from 'zod'
import { unreachable } from '../core/never.ts'
import { Secret } from '../core/secret.ts'
import { findNode } from '../pairing/nodes.ts'
import { HeldRefusal } from './held.ts'
import type { NodeParts } from './node-pair-list.ts'
import { nodeIdShape } from './node-pair-remove.ts'
import { pairedNodeView } from './node-view.ts'
import { defineOperation, type Call, type Operation } from './types.ts'

export type TokenAnswer =
  /** The node whose token it is. */
  | { readonly kind: 'node'; readonly nodeId: string }
  /** Wrong, or right for something else: whoever asks hears the same. */
  | { readonly kind: 'no' }
  | { readonly kind: 'held'; readonly retryAfterMs: number }

export interface NodeVerifyParts extends NodeParts {
  /** The server's own judgement of one presented token, its limits included. */
  readonly judgeToken: (token: Secret, call: Call) => Promise<TokenAnswer>
}

const tokenShape = z
  .string()
  .min(1)
  .max(4096)
  .transform((text) => new Secret(text))

export function nodePairVerify({ desk, connected, judgeToken }: NodeVerifyParts): Operation {
  return defineOperation({
    name: 'node.pair.verify',
    summary: 'Whether a token is the one of this node. A wrong one counts as a failed attempt.',
    requires: 'operator.pairing',
    changes: false,
    http: { method: 'POST', path: '/api/v1/nodes/:nodeId/verify' },
    websocket: true,
    input: z.strictObject({ nodeId: nodeIdShape, token: tokenShape }),
    async run({ nodeId, token }, call) {
      const answer = await judgeToken(token, call)
      switch (answer.kind) {
        case 'held':
          throw new HeldRefusal(answer.retryAfterMs)
        case 'no':
          return { ok: false }
        case 'node': {
          const device = answer.nodeId === nodeId ? findNode(desk, nodeId) : null
          if (device === null) return { ok: false }
          return { ok: true, node: pairedNodeView(device, connected.find(nodeId), desk.clock()) }
        }
        default:
          return unreachable(answer)
      }
    },
  })
}
