/** `node.invoke.result`: what came of a command, from the very connection that it was sent to. */
import { z } from 'zod'
import { jsonText } from '../core/json.ts'
import { MAX_ANSWER_LENGTH } from '../nodes/invocations.ts'
import type { NodeAnswer } from '../nodes/types.ts'
import { nodeIdShape } from './node-pair-remove.ts'
import type { NodeInvokeParts } from './node-invoke.ts'
import { defineOperation, Refusal, type Operation } from './types.ts'

const MAX_CODE = 64
const MAX_MESSAGE = 500

const input = z.strictObject({
  id: z.string().min(1).max(128),
  nodeId: nodeIdShape,
  ok: z.boolean(),
  payload: z.unknown().optional(),
  payloadJSON: z.string().nullable().optional(),
  error: z
    .strictObject({ code: z.string().min(1).optional(), message: z.string().min(1).optional() })
    .nullable()
    .optional(),
})

export function nodeInvokeResult({ invocations }: Pick<NodeInvokeParts, 'invocations'>): Operation {
  return defineOperation({
    name: 'node.invoke.result',
    summary: 'A node says what came of a command that it was sent.',
    requires: 'node',
    changes: false,
    http: null,
    websocket: true,
    input,
    run(result, { principal, connectionId }) {
      const { id, nodeId } = result
      const own = principal.id === nodeId && connectionId !== null
      // Whatever is wrong with it, the same words: a node learns nothing of others' commands.
      if (!own || !invocations.answer({ id, end: endOf(result) }, connectionId))
        throw new Refusal('invalid_input', 'unknown invoke id')
      return { ok: true }
    },
  })
}

function endOf({ ok, payload, payloadJSON, error }: z.output<typeof input>): NodeAnswer['end'] {
  if (!ok) {
    const code = shown(error?.code ?? 'NODE_ERROR', MAX_CODE)
    return {
      kind: 'failed',
      code,
      message: shown(error?.message ?? 'the node failed', MAX_MESSAGE),
    }
  }
  const text = payloadJSON ?? (payload === undefined ? null : jsonText(payload))
  if ((text?.length ?? 0) > MAX_ANSWER_LENGTH)
    return { kind: 'failed', code: 'TOO_LARGE', message: 'the answer of the node is too large' }
  return { kind: 'done', payloadJSON: text }
}

/** A node's words are shown in others' terminals. */
function shown(text: string, most: number): string {
  return text
    .replace(/\p{C}+/gu, ' ')
    .slice(0, most)
    .toWellFormed()
}
