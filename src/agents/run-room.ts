/** How many runs there may be at a time, and of whom: guests never take the last places. */
import { holds } from '../access/scopes.ts'
import { ownerOf, type Caller } from './types.ts'

/** Runs of all sessions, waiting ones included. */
export const MAX_RUNS = 256
/** Messages of one session that may wait behind the one being answered. */
export const MAX_WAITING = 32
/** Runs of one guest, waiting ones included. A person on a chat network has one a conversation. */
export const MAX_OF_GUEST = 16
/** Of {@link MAX_RUNS} and of {@link MAX_WAITING}, what guests leave to those who may write everywhere. */
const RESERVED = { runs: 32, waiting: 8 }
const NOTHING_RESERVED = { runs: 0, waiting: 0 }

/** A web chat, or a person on a chat network: whoever has one conversation and no scope to write elsewhere. */
function isGuest({ principal }: Caller): boolean {
  return !holds(principal.scopes, 'operator.write')
}

export class RunRoom {
  #total = 0
  readonly #guests = new Map<string, number>()

  /** How many run or wait. */
  get taken(): number {
    return this.#total
  }

  /** `waiting`: how many of the session wait or run. `null`: no room; otherwise to be called, once, when the run is over. */
  take(caller: Caller, waiting: number): (() => void) | null {
    const guest = isGuest(caller) ? ownerOf(caller) : null
    const reserved = guest === null ? NOTHING_RESERVED : RESERVED
    if (this.#total >= MAX_RUNS - reserved.runs) return null
    if (waiting > MAX_WAITING - reserved.waiting) return null
    if (guest === null) return this.#counted()
    const others = this.#guests.get(guest) ?? 0
    if (others >= MAX_OF_GUEST) return null
    this.#guests.set(guest, others + 1)
    const release = this.#counted()
    return () => {
      release()
      this.#leave(guest)
    }
  }

  #counted(): () => void {
    this.#total += 1
    return () => {
      this.#total -= 1
    }
  }

  #leave(guest: string): void {
    const left = (this.#guests.get(guest) ?? 0) - 1
    if (left > 0) this.#guests.set(guest, left)
    else this.#guests.delete(guest)
  }
}
