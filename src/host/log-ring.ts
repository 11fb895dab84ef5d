/** The newest log lines in memory, for `logs.tail`: positions are bytes of the log since its file began. */

export interface LogTail {
  readonly file: string
  /** Where to go on reading. */
  readonly cursor: number
  /** End of the log. */
  readonly size: number
  readonly lines: string[]
  /** Lines before the first one are left out. */
  readonly truncated?: boolean
  /** The cursor was of an earlier log: these are the newest lines. */
  readonly reset?: boolean
  readonly skippedBytes?: number
}

export interface TailRequest {
  /** `null`: from the newest `limit` lines on. */
  readonly cursor: number | null
  readonly limit: number
  readonly maxBytes: number
}

interface Line {
  readonly text: string
  /** Position of its first byte. */
  readonly start: number
  readonly end: number
}

const MOST_BYTES = 1_000_000
const MOST_LINES = 5000

export class LogRing {
  readonly #file: string
  #lines: Line[] = []
  #size: number
  #held = 0

  /** `before`: lines that the log's file holds already, and its size in bytes. */
  constructor(file: string, before: { readonly lines: readonly string[]; readonly size: number }) {
    this.#file = file
    const length = before.lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
    this.#size = Math.max(0, before.size - length)
    for (const line of before.lines) this.push(line)
    this.#size = Math.max(this.#size, before.size)
  }

  /** `text` without its line break. */
  push(text: string): void {
    const bytes = Buffer.byteLength(text) + 1
    this.#lines.push({ text, start: this.#size, end: this.#size + bytes })
    this.#size += bytes
    this.#held += bytes
    // In slices, since taking single lines from the front moves all others each time.
    if (this.#held > MOST_BYTES * 2 || this.#lines.length > MOST_LINES * 2) this.#trim()
  }

  tail({ cursor, limit, maxBytes }: TailRequest): LogTail {
    const size = this.#size
    const reset = cursor !== null && cursor > size
    const from = cursor === null || reset ? 0 : cursor
    const wanted = this.#lines.slice(this.#indexOf(from))
    const chosen = newest(wanted, { limit, maxBytes })
    const start = chosen[0]?.start ?? (wanted.length === 0 ? from : size)
    const skipped = Math.max(0, Math.min(start, size) - from)
    const base = { file: this.#file, cursor: size, size, lines: chosen.map(({ text }) => text) }
    const resetPart = reset ? { reset } : {}
    return skipped === 0
      ? { ...base, ...resetPart }
      : { ...base, ...resetPart, truncated: true, skippedBytes: skipped }
  }

  /** The first line that begins at or after `position`. */
  #indexOf(position: number): number {
    const index = this.#lines.findLastIndex(({ start }) => start < position)
    return index + 1
  }

  #trim(): void {
    this.#lines = newest(this.#lines, { limit: MOST_LINES, maxBytes: MOST_BYTES })
    this.#held = this.#lines.reduce((sum, { start, end }) => sum + end - start, 0)
  }
}

function newest(
  lines: readonly Line[],
  { limit, maxBytes }: { readonly limit: number; readonly maxBytes: number },
): Line[] {
  const last = lines.slice(-limit)
  const end = last.at(-1)?.end ?? 0
  return last.filter(({ start }) => end - start <= maxBytes)
}
