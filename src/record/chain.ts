/** How one line of the record vouches for all lines before it. */
import { createHash, hash } from 'node:crypto'

/** A place in the chain: the number of a line and its hash (SHA-256, hex). */
export interface Link {
  readonly sequence: number
  readonly hash: string
}

/** What the first line ever written follows. */
export const GENESIS: Link = { sequence: 0, hash: '0'.repeat(64) }

/** One line as it stands in a file; `entry` are its bytes, untouched, since an edit may hide in bytes that decode alike. */
export interface ChainedLine extends Link {
  readonly entry: Buffer
}

/** Makes lines, each from an entry and the line before it. */
export class Chain {
  #last: Link

  constructor(last: Link) {
    this.#last = last
  }

  get last(): Link {
    return this.#last
  }

  /** `entry` is one JSON object without line breaks, as `JSON.stringify` makes it. Returns the line with its line break. */
  next(entry: string): string {
    const sequence = this.#last.sequence + 1
    const sum = hash('sha256', `${this.#last.hash}${sequence}:${entry}`)
    this.#last = { sequence, hash: sum }
    return `{"sequence":${sequence},"hash":"${sum}","entry":${entry}}\n`
  }
}

const PREFIX = /^\{"sequence":([1-9]\d{0,14}),"hash":"([0-9a-f]{64})","entry":(?=\{)/
const PREFIX_LONGEST = 128
const CLOSING_BRACE = 0x7d

/** `line` is without its line break. `null` when it is not exactly what {@link Chain} writes. */
export function parseLine(line: Buffer): ChainedLine | null {
  const [prefix, sequence, sum] = PREFIX.exec(line.toString('latin1', 0, PREFIX_LONGEST)) ?? []
  if (prefix === undefined || sequence === undefined || sum === undefined) return null
  if (line.at(-1) !== CLOSING_BRACE) return null
  return { sequence: Number(sequence), hash: sum, entry: line.subarray(prefix.length, -1) }
}

/** What is wrong with `line` where it follows `previous`; `null` when nothing is. */
export function breach(previous: Link, line: ChainedLine): string | null {
  const expected = previous.sequence + 1
  if (line.sequence > expected) return `entries ${expected} to ${line.sequence - 1} are missing`
  if (line.sequence < expected) return `entry ${line.sequence} stands where ${expected} belongs`
  if (!follows(previous, line)) return 'the entry, or the one before it, was changed'
  return null
}

function follows(previous: Link, line: ChainedLine): boolean {
  const sum = createHash('sha256')
  sum.update(`${previous.hash}${line.sequence}:`)
  sum.update(line.entry)
  return sum.digest('hex') === line.hash
}
