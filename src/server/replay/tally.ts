/** Compares two configurations on one line of the record after the other, in bounded memory: who gains, who loses. */
import type { StoredEntry, StoredRequest } from '../../record/entries.ts'
import { compared, type Changed, type Verdict } from './compare.ts'
import { replayed, type Rules } from './judge.ts'

export interface Tally {
  readonly replayed: number
  /** Decided alike by both. */
  readonly same: number
  readonly gains: readonly Changed[]
  readonly losses: readonly Changed[]
  /** Beyond those that are listed one by one. */
  readonly unlisted: { readonly gains: number; readonly losses: number }
  /** By reason: what the record says too little of. */
  readonly undecided: Readonly<Record<string, number>>
  /** Decided otherwise than it was recorded by the configuration as it is: keys, devices, secrets or settings changed since. */
  readonly changedSince: number
}

const MOST_GROUPS = 5_000
const MOST_REMEMBERED = 20_000

type Group = { -readonly [Name in keyof Changed]: Changed[Name] }
export class ReplayTally {
  readonly #now: Rules
  readonly #candidate: Rules
  readonly #groups = { gain: new Map<string, Group>(), loss: new Map<string, Group>() }
  readonly #unlisted = { gain: 0, loss: 0 }
  readonly #undecided = new Map<string, number>()
  /** What further requests alike, which were only counted, are like. */
  readonly #last = new Map<string, Verdict>()
  #replayed = 0
  #same = 0
  #changedSince = 0

  constructor(now: Rules, candidate: Rules) {
    this.#now = now
    this.#candidate = candidate
  }

  add(entry: StoredEntry): void {
    if (entry.kind === 'folded') {
      const verdict = this.#last.get(nameOf(entry, entry.by ?? ''))
      if (verdict !== undefined) this.#count(verdict, entry.count)
      return
    }
    if (entry.kind === 'summary')
      return this.#leave('it came too fast to be written one by one', entry.count)
    if ((entry.kind === 'request' || entry.kind === 'opened') && isDecision(entry))
      this.#replay(entry)
  }

  result(): Tally {
    return {
      replayed: this.#replayed,
      same: this.#same,
      gains: listed(this.#groups.gain),
      losses: listed(this.#groups.loss),
      unlisted: { gains: this.#unlisted.gain, losses: this.#unlisted.loss },
      undecided: Object.fromEntries(this.#undecided),
      changedSince: this.#changedSince,
    }
  }

  #replay(entry: StoredRequest): void {
    const was = replayed(entry, this.#now)
    if (was.kind !== 'undecided' && (was.kind === 'allowed') !== (entry.principal !== null))
      this.#changedSince += 1
    const verdict = compared(entry, was, replayed(entry, this.#candidate))
    this.#count(verdict, 1)
    if (entry.principal === null) return
    if (this.#last.size >= MOST_REMEMBERED) this.#last.clear()
    this.#last.set(nameOf(entry, entry.fingerprint ?? entry.method ?? ''), verdict)
  }

  #count({ kind, changed, why }: Verdict, count: number): void {
    if (kind === 'undecided') return this.#leave(why, count)
    this.#replayed += count
    if (kind === 'same' || changed === null) {
      this.#same += count
      return
    }
    const groups = this.#groups[kind]
    const { principal, address, method, what } = changed
    const key = JSON.stringify([principal, address, method, what])
    const group = groups.get(key)
    if (group !== undefined) group.count += count
    else if (groups.size < MOST_GROUPS) groups.set(key, { ...changed, count })
    else this.#unlisted[kind] += count
  }

  #leave(why: string, count: number): void {
    this.#undecided.set(why, (this.#undecided.get(why) ?? 0) + count)
  }
}

/** A frame was decided with its connection; a public answer, a message and what nobody was asked for were not decided here. */
function isDecision({ surface, operation, principal, code, outcome }: StoredRequest): boolean {
  if (surface === 'channel' || operation.startsWith('webhook.')) return false
  if (surface === 'websocket' && operation !== 'connect') return false
  if (principal !== null) return true
  return outcome === 'refused' && code !== null
}

function nameOf(
  { principal, client, operation }: Pick<StoredRequest, 'principal' | 'client' | 'operation'>,
  by: string,
): string {
  return `${principal}\n${client}\n${operation}\n${by}`
}

/** The most frequent first. */
function listed(groups: ReadonlyMap<string, Group>): readonly Changed[] {
  return [...groups.values()].toSorted((a, b) => b.count - a.count)
}
