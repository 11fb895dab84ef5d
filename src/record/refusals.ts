/** Refusals: fifty a second are written one by one, what comes faster becomes one summary a second (R32). */
import type { SummaryEntry } from './entries.ts'
import { encodeRanges, parseRequestId } from './id-ranges.ts'
import type { RequestEntry } from './types.ts'

const ONE_BY_ONE = 50
const WINDOW_MS = 1000
/** Bounds of one summary. Beyond them it counts, and names no more. */
const MOST_CODES = 64
const MOST_CLIENTS = 20
const MOST_IDS = 50_000
/** Where codes beyond the bound are counted. */
const OTHER_CODE = 'other'
export const ALLOWED_DESPITE = 'allowed_despite_'

/** What a summary is made from: of a refusal that was not written by itself. */
type Refusal = Pick<RequestEntry, 'requestId' | 'client' | 'code' | 'failures' | 'outcome'>

interface CodeCount {
  count: number
  readonly ids: Map<string, number[]>
}

export class Refusals {
  #since: number
  #written = { failures: 0, others: 0 }
  #codes = new Map<string, CodeCount>()
  #clients = new Map<string, number>()
  #count = 0
  #listed = 0
  #otherClients = 0

  constructor(now: number) {
    this.#since = now
  }

  /** Whether the running second is over; a clock set back ends it too. */
  over(now: number): boolean {
    return now - this.#since >= WINDOW_MS || now < this.#since
  }

  /** Whether this one is written by itself. Guesses that count and refusals that do not have a budget each. */
  admit(refusal: Refusal): boolean {
    const kind = refusal.failures.length > 0 ? 'failures' : 'others'
    if (this.#written[kind] >= ONE_BY_ONE) return false
    this.#written[kind] += 1
    return true
  }

  add(refusal: Refusal): void {
    const { requestId, client } = refusal
    this.#count += 1
    this.#countClient(client)
    const counted = this.#code(codeOf(refusal))
    counted.count += 1
    const id = parseRequestId(requestId)
    if (id === null || this.#listed >= MOST_IDS) return
    this.#listed += 1
    const numbers = counted.ids.get(id.prefix)
    if (numbers === undefined) counted.ids.set(id.prefix, [id.number])
    else numbers.push(id.number)
  }

  /** Ends the second. `null` when everything in it was written one by one. */
  take(now: number): SummaryEntry | null {
    const summary = this.#count === 0 ? null : this.#summary(now)
    this.#since = now
    this.#written = { failures: 0, others: 0 }
    this.#codes = new Map()
    this.#clients = new Map()
    this.#count = 0
    this.#listed = 0
    this.#otherClients = 0
    return summary
  }

  #summary(now: number): SummaryEntry {
    return {
      kind: 'summary',
      at: this.#since,
      until: now,
      count: this.#count,
      codes: Object.fromEntries(
        [...this.#codes].map(([code, { count, ids }]) => [code, { count, ids: ranges(ids) }]),
      ),
      clients: Object.fromEntries(this.#clients),
      otherClients: this.#otherClients,
      unlisted: this.#count - this.#listed,
    }
  }

  #code(code: string): CodeCount {
    const found = this.#codes.get(code)
    if (found !== undefined) return found
    if (this.#codes.size >= MOST_CODES && code !== OTHER_CODE) return this.#code(OTHER_CODE)
    const made: CodeCount = { count: 0, ids: new Map() }
    this.#codes.set(code, made)
    return made
  }

  #countClient(client: string): void {
    const count = this.#clients.get(client)
    if (count === undefined && this.#clients.size >= MOST_CLIENTS) this.#otherClients += 1
    else this.#clients.set(client, (count ?? 0) + 1)
  }
}

/** A caller may be let in although one of its credentials was wrong. */
function codeOf({ code, failures, outcome }: Refusal): string {
  const reason = code ?? failures[0]?.reason ?? OTHER_CODE
  return outcome === 'allowed' ? `${ALLOWED_DESPITE}${reason}` : reason
}

function ranges(ids: ReadonlyMap<string, readonly number[]>): Record<string, string> {
  return Object.fromEntries([...ids].map(([prefix, numbers]) => [prefix, encodeRanges(numbers)]))
}
