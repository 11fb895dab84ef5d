/** Reads the record from its oldest entry to its newest, a block at a time: however long it is, in little memory. */
import type { StoredEntry } from './entries.ts'
import { firstLine, readForward, recordFiles, type RecordFile } from './files.ts'
import { lastMoment, parseStored } from './read.ts'

/** Lines follow each other by time but for those that stand for a minute before them. */
const DISORDER_MS = 3 * 60_000

/** `since`: milliseconds since the epoch; `null` from the beginning. Yields what one read brought. */
export async function* entriesSince(
  dir: string,
  since: number | null,
): AsyncGenerator<readonly StoredEntry[]> {
  for (const { path } of await filesSince(dir, since)) {
    for await (const { lines } of readForward(path)) {
      yield lines.flatMap((line) => {
        const entry = parseStored(line)?.entry
        return entry === undefined || (since !== null && lastMoment(entry) < since) ? [] : [entry]
      })
    }
  }
}

/** Without those that ended before. */
async function filesSince(dir: string, since: number | null): Promise<readonly RecordFile[]> {
  const files = await recordFiles(dir)
  if (since === null) return files
  const begins: number[] = []
  for (const { path } of files) {
    const first = await firstLine(path)
    begins.push(first === null ? 0 : momentOf(first.entry))
  }
  return files.filter((_, at) => (begins[at + 1] ?? Infinity) >= since - DISORDER_MS)
}

function momentOf(json: Buffer): number {
  const [, at = '0'] = /"at":(\d+)/.exec(json.toString('utf8')) ?? []
  return Number(at)
}
