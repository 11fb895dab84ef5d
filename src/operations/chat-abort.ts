/** `chat.abort`: stops what an agent is saying in a conversation. What it said so far is kept. */
import { z } from 'zod'
import { MAX_SESSION_KEY_LENGTH } from '../agents/session-key.ts'
import type { RunOperationPorts } from './chat-send.ts'
import { conversationOf } from './session-choice.ts'
import { defineOperation, type Operation } from './types.ts'

const input = z.strictObject({
  /** A web chat may leave it out. */
  sessionKey: z.string().min(1).max(MAX_SESSION_KEY_LENGTH).optional(),
  agentId: z.string().min(1).max(512).optional(),
  runId: z.string().min(1).max(512).optional(),
  preserveSideRuns: z.boolean().optional(),
})

export function chatAbort({ runs, agents }: RunOperationPorts): Operation {
  return defineOperation({
    name: 'chat.abort',
    summary: 'Stops one run of a session, or all of them.',
    requires: 'operator.write',
    webchat: true,
    changes: true,
    http: { method: 'POST', path: '/api/v1/sessions/:sessionKey/abort' },
    websocket: true,
    input,
    run(asked, { principal }) {
      const { sessionKey } = conversationOf(asked, agents(), principal)
      const runIds = runs.abort(sessionKey, asked.runId ?? null)
      return { ok: true, aborted: runIds.length > 0, runIds }
    },
  })
}
