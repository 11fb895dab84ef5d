/** What stands in one line of the record: as we write it, and as we accept it when reading. */
import { z } from 'zod'
import type { NoteEntry, RequestEntry } from './types.ts'

/** The end of a change. One that has none was cut off: by a crash, or it is still running. */
export interface ClosedEntry {
  readonly kind: 'closed'
  readonly requestId: string
  readonly at: number
  readonly outcome: 'done' | 'failed'
  readonly code: string | null
}

/** Further allows of one principal from one address on one operation, after the one that was written. */
export interface FoldedEntry {
  readonly kind: 'folded'
  /** The first and the last moment it stands for. */
  readonly at: number
  readonly until: number
  readonly principal: string
  readonly client: string
  readonly operation: string
  readonly count: number
}

/** Refusals that came too fast to be written one by one. */
export interface SummaryEntry {
  readonly kind: 'summary'
  readonly at: number
  readonly until: number
  readonly count: number
  /** By code: how many, and which request ids (`id-ranges.ts`), by the ids' prefix. */
  readonly codes: Readonly<
    Record<string, { readonly count: number; readonly ids: Readonly<Record<string, string>> }>
  >
  /** Refusals by client address; only the first few addresses are kept apart. */
  readonly clients: Readonly<Record<string, number>>
  readonly otherClients: number
  /** How many are counted above but have no id here, since there were too many. */
  readonly unlisted: number
}

export type RecordEntry =
  | (RequestEntry & { readonly kind: 'request' | 'opened' })
  | (NoteEntry & { readonly kind: 'note' })
  | ClosedEntry
  | FoldedEntry
  | SummaryEntry

const text = z.string()
const moment = z.number()

// Open where a later version may know more: an old command line still reads a newer record.
const request = z.object({
  kind: z.enum(['request', 'opened']),
  requestId: text,
  at: moment,
  surface: text,
  operation: text,
  peer: text,
  client: text,
  forwarding: z.array(text),
  host: text,
  origin: text.nullable(),
  outcome: text,
  principal: text.nullable(),
  method: text.nullable(),
  fingerprint: text.nullable(),
  code: text.nullable(),
  failures: z.array(z.object({ class: text, reason: text, fingerprint: text })),
  trace: z.array(
    z.object({ step: text, verdict: text, reason: text.nullable(), detail: text.nullable() }),
  ),
})

const closed = z.object({
  kind: z.literal('closed'),
  requestId: text,
  at: moment,
  outcome: z.enum(['done', 'failed']),
  code: text.nullable(),
})

const note = z.object({
  kind: z.literal('note'),
  at: moment,
  event: text,
  by: text.nullable(),
  facts: z.record(text, z.union([text, z.number(), z.boolean(), z.null()])),
})

const folded = z.object({
  kind: z.literal('folded'),
  at: moment,
  until: moment,
  principal: text,
  client: text,
  operation: text,
  count: z.number(),
})

const summary = z.object({
  kind: z.literal('summary'),
  at: moment,
  until: moment,
  count: z.number(),
  codes: z.record(text, z.object({ count: z.number(), ids: z.record(text, text) })),
  clients: z.record(text, z.number()),
  otherClients: z.number(),
  unlisted: z.number(),
})

const stored = z.discriminatedUnion('kind', [request, closed, note, folded, summary])

export type StoredRequest = z.output<typeof request>
export type StoredSummary = z.output<typeof summary>
export type StoredEntry = z.output<typeof stored>

/** `null` for what is no entry of a kind we know. */
export function parseEntry(json: Buffer): StoredEntry | null {
  const parsed = stored.safeParse(parseJson(json))
  return parsed.success ? parsed.data : null
}

function parseJson(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'))
  } catch {
    return null
  }
}
