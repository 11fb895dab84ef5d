/** `record.list`: what was decided, and what happened to the gateway. */
import { z } from 'zod'
import type { ListFilter, Stored } from '../record/read.ts'
import { wholeNumber } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

export interface RecordEntries {
  /** The newest `limit` entries that pass, oldest first. */
  list(filter: ListFilter & { readonly limit: number }): Promise<readonly Stored[]>
}

const DEFAULT_LIMIT = 100

const input = z.strictObject({
  kind: z.enum(['auth', 'gateway', 'channels']).optional(),
  /** Milliseconds since the epoch. */
  since: wholeNumber(0).optional(),
  client: z.string().min(1).max(64).optional(),
  limit: wholeNumber(1, 1000).optional(),
})

export function recordList(record: RecordEntries): Operation {
  return defineOperation({
    name: 'record.list',
    summary: 'The newest entries of the record: decisions, and what happened to the gateway.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/record' },
    websocket: true,
    input,
    run: async ({ kind = null, since = null, client = null, limit = DEFAULT_LIMIT }) => ({
      entries: await record.list({ kind, since, client, limit }),
    }),
  })
}
