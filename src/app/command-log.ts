/** The gateway's log file as a part of `openclaw logs`: beside what was decided stands what happened. */
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { RecordQuery } from '../cli/parts.ts'

export interface LogLine {
  /** A log has no sequence. */
  readonly sequence: 0
  readonly entry: { readonly kind: 'log'; readonly at: number; readonly [fact: string]: unknown }
}

export interface GatewayLog {
  /** Oldest first; nothing for a query that is about something else. */
  list(query: RecordQuery): Promise<readonly LogLine[]>
  /** Lines that come after this call. */
  follow(query: RecordQuery & { readonly signal: AbortSignal }): AsyncGenerator<LogLine>
}

const LOOK_MS = 250

/** `path`: the file in use; an older one stands beside it as `<path>.1`. Both are bounded by whoever writes them. */
export function gatewayLog(path: string): GatewayLog {
  const read = async (query: RecordQuery) => {
    if (query.kind !== null && query.kind !== 'gateway') return []
    const texts = await Promise.all(
      [`${path}.1`, path].map((file) => readFile(file, 'utf8').catch(() => '')),
    )
    const lines = texts.join('').split('\n')
    return lines.flatMap((line) => parseLine(line) ?? []).filter((line) => passes(line, query))
  }
  return {
    list: read,
    async *follow(query) {
      const state = { last: (await read(query)).at(-1)?.entry.at ?? 0 }
      while (!query.signal.aborted) {
        const fresh = (await read(query)).filter(({ entry }) => entry.at > state.last)
        state.last = fresh.at(-1)?.entry.at ?? state.last
        yield* fresh
        await pause(LOOK_MS, undefined, { signal: query.signal }).catch(() => undefined)
      }
    },
  }
}

/** Whatever comes first, until all have ended. */
export async function* merged<Item>(sources: readonly AsyncIterable<Item>[]): AsyncGenerator<Item> {
  const waiting = new Map(sources.map((source) => next(source[Symbol.asyncIterator]())))
  while (waiting.size > 0) {
    const { iterator, result } = await Promise.race(waiting.values())
    waiting.delete(iterator)
    if (result.done === true) continue
    waiting.set(...next(iterator))
    yield result.value
  }
}

type Turn<Item> = Promise<{
  readonly iterator: AsyncIterator<Item>
  readonly result: IteratorResult<Item>
}>

function next<Item>(iterator: AsyncIterator<Item>): [AsyncIterator<Item>, Turn<Item>] {
  return [iterator, iterator.next().then((result) => ({ iterator, result }))]
}

/** `null` for a line that is half written, or not ours. */
function parseLine(line: string): LogLine | null {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed !== 'object' || parsed === null) return null
    const { time, message, ...facts } = { time: undefined, message: undefined, ...parsed }
    const at = Date.parse(String(time))
    return Number.isNaN(at)
      ? null
      : { sequence: 0, entry: { ...facts, kind: 'log', at, message: String(message) } }
  } catch {
    return null
  }
}

function passes({ entry }: LogLine, { since, client }: RecordQuery): boolean {
  if (since !== null && entry.at < since) return false
  return client === null || entry['client'] === client
}
