/** `logs --follow`: entries as they are written, read from the files. */
import { stat } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { absent, readForward, recordFiles, type RecordFile } from './files.ts'
import { parseStored, passes, type ListFilter, type Stored } from './read.ts'

export interface FollowOptions extends ListFilter {
  /** Sequence of the last entry that is known already, so that nothing is lost between listing and following; without it: from now on. */
  readonly after?: number
  /** Ends it when aborted. */
  readonly signal: AbortSignal
}

const LOOK_MS = 250

export async function* followRecord(dir: string, options: FollowOptions): AsyncGenerator<Stored> {
  const { signal, ...filter } = options
  const state = await startOf(await recordFiles(dir), options.after ?? null)
  while (!signal.aborted) {
    const files = (await recordFiles(dir)).filter(({ first }) => first >= state.first)
    for (const file of files) {
      const from = file.first === state.first ? state.offset : 0
      const { lines, end } = await linesFrom(file.path, from)
      Object.assign(state, { first: file.first, offset: end })
      const stored = lines.map(parseStored).filter((line) => line !== null)
      yield* stored.filter(
        ({ sequence, entry }) => sequence > (options.after ?? 0) && passes(entry, filter),
      )
    }
    await after(LOOK_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** The file that holds the next entry, and how much of it is known. */
async function startOf(
  files: readonly RecordFile[],
  known: number | null,
): Promise<{ first: number; offset: number }> {
  const [last] = files.slice(-1)
  if (known !== null) {
    return { first: files.findLast(({ first }) => first <= known + 1)?.first ?? 0, offset: 0 }
  }
  if (last === undefined) return { first: 0, offset: 0 }
  return { first: last.first, offset: (await linesFrom(last.path, 0)).end }
}

/** Up to the last line break; the rest is being written. */
async function linesFrom(
  path: string,
  offset: number,
): Promise<{ readonly lines: readonly Buffer[]; readonly end: number }> {
  const all: Buffer[] = []
  const found = await stat(path).catch(absent)
  if (found === null || found.size <= offset) return { lines: [], end: offset }
  for await (const { lines } of readForward(path, offset)) all.push(...lines)
  return { lines: all, end: all.reduce((end, line) => end + line.length + 1, offset) }
}
