/** `chat.abort`: stops what an agent is saying in a conversation. What it said so far is kept. */
import { z } from 'zod'
import { MAX_SESSION_KEY_LENGTH } from '../agents/session-key.ts'
import type { RunOperationPorts } from './chat-send.ts'
import { sessionOf } from './session-choice.ts'
import { defineOperation, type Operation } from './types.ts'

const input = z.strictObject({
  sessionKey: z.string().min(1).max(MAX_SESSION_KEY_LENGTH),
  agentId: z.string().min(1).max(512).optional(),
  runId: z.string().min(1).max(512).optional(),
  preserveSideRuns: z.boolean().optional(),
})

export function chatAbort({ runs, agents }: RunOperationPorts): Operation {
  return defineOperation({
    name: 'chat.abort',
    summary: 'Stops one run of a session, or all of them.',
    requires: 'operator.write',
    changes: true,
    http: { method: 'POST', path: '/api/v1/sessions/:sessionKey/abort' },
    websocket: true,
    input,
    run(asked) {
      const { sessionKey } = sessionOf(asked, agents())
      const runIds = runs.abort(sessionKey, asked.runId ?? null)
      return { ok: true, aborted: runIds.length > 0, runIds }
    },
  })
}
