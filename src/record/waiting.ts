/** Entries that wait for the disk, and who waits for them. */
import type { RecordEntry } from './entries.ts'

export interface Waiting {
  readonly entry: RecordEntry
  /** `unless-refused`: dropped when its write fails, since its caller was told no. */
  readonly keep: 'always' | 'unless-refused'
  readonly done: () => void
  readonly failed: (error: RecordUnavailable) => void
}

/** Why an acknowledgement does not come: the entry is not on disk. */
export class RecordUnavailable extends Error {
  constructor(cause: unknown) {
    super('the record cannot be written', { cause })
    this.name = 'RecordUnavailable'
  }
}

const BATCH_LINES = 1000
const BATCH_BYTES = 1024 * 1024

const ignore = (): void => undefined

/** An entry that nobody waits for. */
export function behind(entry: RecordEntry): Waiting {
  return { entry, keep: 'always', done: ignore, failed: ignore }
}

/** As JSON, the first of them that are written together: at least one. */
export function batchOf(
  waiting: readonly Waiting[],
  { scrub, fileBytes }: { readonly scrub: (json: string) => string; readonly fileBytes: number },
): readonly string[] {
  const entries: string[] = []
  const room = { bytes: Math.min(BATCH_BYTES, fileBytes) }
  for (const { entry } of waiting) {
    const json = scrub(JSON.stringify(entry))
    if (entries.length > 0 && (json.length > room.bytes || entries.length >= BATCH_LINES)) break
    room.bytes -= json.length
    entries.push(json)
  }
  return entries
}

/** Tells everybody that the write failed; what stays is written later, with nobody waiting. */
export function afterFailure(waiting: readonly Waiting[], error: unknown): Waiting[] {
  const refused = new RecordUnavailable(error)
  for (const { failed } of waiting) failed(refused)
  return waiting.filter(({ keep }) => keep === 'always').map(({ entry }) => behind(entry))
}
