/** When senders, API keys and named users were last let in: what a review asks (SPEC 14.7). Devices keep theirs themselves. */

/** Where it survives a restart; `storage/` implements it. */
export interface LastUseStore {
  load(): Promise<readonly LastUsed[]>
  save(uses: readonly LastUsed[]): Promise<void>
}

export interface LastUsed {
  /** {@link senderSubject}, {@link keySubject} or {@link userSubject}. */
  readonly subject: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Nearer than this nobody needs to know: a busy sender is written once an hour. */
const STEP_MS = 3_600_000
const MAX_SUBJECTS = 100_000

/** In memory, bounded, O(1) a use; {@link LastUse.flush} writes what changed. */
export class LastUse {
  readonly #limit: number
  readonly #at = new Map<string, number>()
  readonly #changed = new Set<string>()
  /** Since when uses are noted, in milliseconds since the epoch: before it nobody can be said to have been idle. */
  readonly since: number

  constructor(since: number, saved: readonly LastUsed[] = [], limit = MAX_SUBJECTS) {
    this.since = since
    this.#limit = limit
    for (const { subject, at } of saved) this.#at.set(subject, at)
  }

  saw(subject: string, at: number): void {
    const before = this.#at.get(subject)
    if (before !== undefined && Math.abs(at - before) < STEP_MS) return
    // To the back of the queue: the first of it is the idlest, and goes when there is no room.
    this.#at.delete(subject)
    if (this.#at.size >= this.#limit) this.#forgetFirst()
    this.#at.set(subject, at)
    this.#changed.add(subject)
  }

  /** To the hour; `null`: never, as far as is known. */
  lastAt(subject: string): number | null {
    return this.#at.get(subject) ?? null
  }

  /** Rejects as the store does; nothing is lost then, the next flush tries again. */
  async flush(store: Pick<LastUseStore, 'save'>): Promise<void> {
    const subjects = [...this.#changed]
    if (subjects.length === 0) return
    this.#changed.clear()
    const uses = subjects.flatMap((subject) => {
      const at = this.lastAt(subject)
      return at === null ? [] : [{ subject, at }]
    })
    try {
      await store.save(uses)
    } catch (error) {
      for (const subject of subjects) this.#changed.add(subject)
      throw error
    }
  }

  #forgetFirst(): void {
    const [first] = this.#at.keys()
    if (first === undefined) return
    this.#at.delete(first)
    this.#changed.delete(first)
  }
}

/** No part of it can hold what stands between: ids of networks have no control characters. */
export function senderSubject(channel: string, account: string, id: string): string {
  return `sender\n${channel}\n${account}\n${id}`
}

export function keySubject(id: string): string {
  return `api-key\n${id}`
}

/** As a proxy or Tailscale names them. */
export function userSubject(login: string): string {
  return `user\n${login}`
}
