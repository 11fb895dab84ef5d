/** `last-heartbeat`: when an agent last spoke unasked. None does in this version; clients ask, and `null` is their "none". */
import { z } from 'zod'
import { defineOperation, type Operation } from './types.ts'

export function lastHeartbeat(): Operation {
  return defineOperation({
    name: 'last-heartbeat',
    summary: 'When an agent last spoke unasked: `null`, since none does in this version.',
    requires: 'operator.read',
    changes: false,
    http: null,
    websocket: true,
    input: z.strictObject({}),
    run: () => null,
  })
}
