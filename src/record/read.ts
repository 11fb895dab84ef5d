/** Looking things up in the record: from disk, newest first, with the gateway running or not. */
import { parseLine } from './chain.ts'
import { parseEntry, type StoredEntry, type StoredRequest, type StoredSummary } from './entries.ts'
import { linesBackward, readBackward, recordFiles } from './files.ts'
import { parseRequestId, rangesContain } from './id-ranges.ts'

export type RecordKind = 'auth' | 'gateway' | 'channels'

/** One line of the record. */
export interface Stored {
  readonly sequence: number
  readonly entry: StoredEntry
}

/** What the record knows of one request. */
export type Found =
  | {
      readonly kind: 'request'
      readonly sequence: number
      readonly entry: StoredRequest
      /** Of an operation that changes something: how it ended. `open`: it was cut off, or is still running. */
      readonly change: 'none' | 'open' | 'done' | 'failed'
      /** Why a change failed. */
      readonly changeCode: string | null
    }
  /** It came when refusals were too many to be written one by one. */
  | {
      readonly kind: 'summarised'
      readonly sequence: number
      readonly requestId: string
      readonly code: string
      readonly entry: StoredSummary
    }

export interface ListFilter {
  readonly kind: RecordKind | null
  /** Milliseconds since the epoch. */
  readonly since: number | null
  /** Client address, exactly. */
  readonly client: string | null
}

/** Folded lines stand for the minute before them, so an older entry may follow a newer one by that much, and a bit. */
const DISORDER_MS = 3 * 60_000

/** `null` when the record does not know it: it may be an allow that was only counted, or be dropped. */
export async function findRequest(dir: string, requestId: string): Promise<Found | null> {
  const matches = matcher(requestId)
  const state: { closed: Extract<StoredEntry, { kind: 'closed' }> | null } = { closed: null }
  for await (const stored of matching(dir, matches)) {
    const { entry, sequence } = stored
    if (entry.kind === 'closed' && entry.requestId === requestId) state.closed = entry
    if (entry.kind === 'opened' && entry.requestId === requestId) {
      return {
        kind: 'request',
        sequence,
        entry,
        change: state.closed?.outcome ?? 'open',
        changeCode: state.closed?.code ?? null,
      }
    }
    if (entry.kind === 'request' && entry.requestId === requestId) {
      return { kind: 'request', sequence, entry, change: 'none', changeCode: null }
    }
    const code = entry.kind === 'summary' ? summarisedCode(entry, requestId) : null
    if (entry.kind === 'summary' && code !== null)
      return { kind: 'summarised', sequence, requestId, code, entry }
  }
  return null
}

/** Oldest first: the newest `limit` entries that pass. */
export async function listRecord(
  dir: string,
  { limit, ...filter }: ListFilter & { readonly limit: number },
): Promise<readonly Stored[]> {
  const found: Stored[] = []
  for await (const { line } of linesBackward(await recordFiles(dir))) {
    const stored = parseStored(line)
    if (stored === null) continue
    if (filter.since !== null && lastMoment(stored.entry) < filter.since - DISORDER_MS) break
    if (passes(stored.entry, filter)) found.push(stored)
    if (found.length >= limit) break
  }
  return found.toReversed()
}

/** `null` for a line that is not ours, or of a kind we do not know. */
export function parseStored(line: Buffer): Stored | null {
  const parsed = parseLine(line)
  const entry = parsed === null ? null : parseEntry(parsed.entry)
  return parsed === null || entry === null ? null : { sequence: parsed.sequence, entry }
}

export function passes(entry: StoredEntry, { kind, since, client }: ListFilter): boolean {
  if (kind !== null && kindOf(entry) !== kind) return false
  if (since !== null && lastMoment(entry) < since) return false
  return client === null || concerns(entry, client)
}

function kindOf(entry: StoredEntry): RecordKind {
  if (entry.kind !== 'note') return isOfChannels(entry) ? 'channels' : 'auth'
  if (entry.event.startsWith('channel.')) return 'channels'
  return /^(?:lock|token|session|auth)\./.test(entry.event) ? 'auth' : 'gateway'
}

/** What people wrote on chat networks, and what operators do about them. */
function isOfChannels(entry: StoredEntry): boolean {
  if (!('surface' in entry)) return false
  return entry.surface === 'channel' || /^(?:channels\.|send$)/.test(entry.operation)
}

/** Milliseconds since the epoch. */
export function lastMoment(entry: StoredEntry): number {
  return 'until' in entry ? entry.until : entry.at
}

function concerns(entry: StoredEntry, client: string): boolean {
  if (entry.kind === 'summary') return Object.hasOwn(entry.clients, client)
  if (entry.kind === 'note')
    return entry.facts['client'] === client || entry.facts['address'] === client
  return 'client' in entry && entry.client === client
}

function summarisedCode(summary: StoredSummary, requestId: string): string | null {
  const id = parseRequestId(requestId)
  if (id === null) return null
  const [code] = Object.entries(summary.codes).find(([, { ids }]) => {
    const ranges = Object.hasOwn(ids, id.prefix) ? ids[id.prefix] : undefined
    return ranges !== undefined && rangesContain(ranges, id.number)
  }) ?? [null]
  return code
}

const SUMMARY = Buffer.from('"entry":{"kind":"summary"')

/** Cheap and never wrong to say yes: only lines that pass are parsed. */
function matcher(requestId: string): (line: Buffer) => boolean {
  const id = Buffer.from(JSON.stringify(requestId))
  return (line) => line.includes(id) || line.includes(SUMMARY)
}

async function* matching(dir: string, matches: (line: Buffer) => boolean): AsyncGenerator<Stored> {
  const files = await recordFiles(dir)
  for (const { path } of files.toReversed()) {
    for await (const block of readBackward(path)) {
      const stored = block.filter(matches).map(parseStored)
      yield* stored.filter((line) => line !== null)
    }
  }
}
