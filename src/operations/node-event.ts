/** `node.event`: a node tells of itself. Nothing here listens yet; nodes send it unasked and go on when they hear so. */
import { z } from 'zod'
import { defineOperation, type Operation } from './types.ts'

export function nodeEvent(): Operation {
  return defineOperation({
    name: 'node.event',
    summary: 'A node tells of itself; heard, and not acted on in this version.',
    requires: 'node',
    changes: false,
    http: null,
    websocket: true,
    input: z.strictObject({
      event: z.string().min(1).max(256),
      payload: z.unknown().optional(),
      payloadJSON: z.string().nullable().optional(),
    }),
    run: ({ event }) => ({ ok: true, event, handled: false, reason: 'unsupported' }),
  })
}
