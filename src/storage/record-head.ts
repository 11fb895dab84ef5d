/** Keeps the record's head among the gateway's own facts, away from the record's files. */
import { z } from 'zod'
import type { Head, HeadStore } from '../record/head.ts'
import type { Meta } from './meta.ts'

const NAME = 'record.head'
/** Further members are dropped: whatever they were, the seal does not cover them. */
const HEAD = z.object({
  sequence: z.int().min(0),
  hash: z.string(),
  firstSequence: z.int().min(0),
  firstPrevious: z.string(),
  hmac: z.string(),
})

/** `load` throws when what was kept is no head: that is for the operator to hear, not to be taken for a first start. */
export function metaHeads(meta: Meta): HeadStore {
  return {
    load(): Head | null {
      const text = meta.get(NAME)
      return text === null ? null : HEAD.parse(JSON.parse(text))
    },
    save: (head) => meta.set(NAME, JSON.stringify(head)),
  }
}
