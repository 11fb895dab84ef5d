/** `logs.tail`: the newest lines of the gateway's log, or those after a cursor. */
import { z } from 'zod'
import { wholeNumber } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

/** Where the lines come from: the running gateway's memory. */
export interface LogLines {
  /** `cursor` and `size` are bytes since the log began; `cursor: null` asks for the newest lines. */
  tail(request: {
    readonly cursor: number | null
    readonly limit: number
    readonly maxBytes: number
  }): object
}

const DEFAULT_LIMIT = 500
const DEFAULT_BYTES = 250_000

const input = z.strictObject({
  cursor: wholeNumber(0).optional(),
  limit: wholeNumber(1, 5000).optional(),
  maxBytes: wholeNumber(1, 1_000_000).optional(),
})

export function logsTail(log: LogLines): Operation {
  return defineOperation({
    name: 'logs.tail',
    summary: 'The newest lines of the gateway log, or those after a cursor.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/logs' },
    websocket: true,
    input,
    run: ({ cursor = null, limit = DEFAULT_LIMIT, maxBytes = DEFAULT_BYTES }) =>
      log.tail({ cursor, limit, maxBytes }),
  })
}
