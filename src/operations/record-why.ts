/** `record.why`: why one request was let in or turned away, with what to do about it. */
import { z } from 'zod'
import { explain } from '../record/explain.ts'
import type { Found } from '../record/read.ts'
import { Refusal, defineOperation, type Operation } from './types.ts'

export interface RecordedRequests {
  /** `null` when the record does not know it. */
  find(requestId: string): Promise<Found | null>
}

const input = z.strictObject({ requestId: z.string().regex(/^[\w-]{1,64}$/) })

export function recordWhy(record: RecordedRequests): Operation {
  return defineOperation({
    name: 'record.why',
    summary: 'Why one request was let in or turned away, and what to do about it.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/record/:requestId' },
    websocket: true,
    input,
    run: async ({ requestId }) => {
      const found = await record.find(requestId)
      if (found === null) throw new Refusal('unknown_entry', unknownMessage(requestId))
      return { entry: found, text: explain(found) }
    },
  })
}

function unknownMessage(requestId: string): string {
  return `The record has no request ${requestId}: it was an allow like others in the same minute, which are only counted, or its file was dropped at record.maxBytes.`
}
