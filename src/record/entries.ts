/** What stands in one line of the record: as we write it, and as we accept it when reading. */
import { jsonOf } from '../core/json.ts'
import * as shape from './shape.ts'
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
  /** Fingerprint of the credential, or the method where none was shown. Missing in older lines. */
  readonly by?: string
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

const { text, number, either, list, map, nothing, absent, object, oneOf } = shape
const maybeText = either(text, nothing)
/** Older entries have none. */
const addedText = either(text, absent)
const wish = object({
  scopes: either(list(text), nothing),
  cap: either(list(text), nothing),
  role: maybeText,
  device: maybeText,
  ui: shape.flag,
})

// Open where a later version may know more: an old command line still reads a newer record.
const request = object({
  kind: oneOf('request', 'opened'),
  requestId: text,
  at: number,
  surface: text,
  operation: text,
  via: addedText,
  wish: either(wish, absent),
  peer: text,
  client: text,
  forwarding: list(text),
  host: text,
  origin: maybeText,
  outcome: text,
  principal: maybeText,
  subject: addedText,
  method: maybeText,
  fingerprint: maybeText,
  code: maybeText,
  failures: list(object({ class: text, reason: text, fingerprint: text })),
  trace: list(object({ step: text, verdict: text, reason: maybeText, detail: maybeText })),
})

const closed = object({
  kind: oneOf('closed'),
  requestId: text,
  at: number,
  outcome: oneOf('done', 'failed'),
  code: maybeText,
})

const note = object({
  kind: oneOf('note'),
  at: number,
  event: text,
  by: maybeText,
  facts: map(either(either(text, number), either(shape.flag, nothing))),
})

const folded = object({
  kind: oneOf('folded'),
  at: number,
  until: number,
  principal: text,
  client: text,
  operation: text,
  by: addedText,
  count: number,
})

const summary = object({
  kind: oneOf('summary'),
  at: number,
  until: number,
  count: number,
  codes: map(object({ count: number, ids: map(text) })),
  clients: map(number),
  otherClients: number,
  unlisted: number,
})

export type StoredRequest = Omit<shape.Shaped<typeof request>, 'subject' | 'via' | 'wish'> & {
  readonly subject?: string | undefined
  readonly via?: string | undefined
  readonly wish?: shape.Shaped<typeof wish> | undefined
}
export type StoredSummary = shape.Shaped<typeof summary>
export type StoredEntry =
  | StoredRequest
  | shape.Shaped<typeof closed>
  | shape.Shaped<typeof note>
  | shape.Shaped<typeof folded>
  | StoredSummary

/** `null` for what is no entry of a kind we know. */
export function parseEntry(json: Buffer): StoredEntry | null {
  const value = jsonOf(json.toString('utf8'))
  if (request(value) || closed(value) || note(value) || folded(value) || summary(value))
    return value
  return null
}
