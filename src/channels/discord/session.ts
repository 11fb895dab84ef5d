/**
 * How far we have read of what Discord tells. It tells the rest again to whoever names the session and the last event that
 * they have, for as long as it keeps them; after that it starts a new one.
 */
import type { SessionInfo } from '@discordjs/ws'
import { z } from 'zod'
import { jsonOf } from '../../core/json.ts'
import type { Cursor } from '../types.ts'

/** Events come by the hundred, and a restart may hear some again: the disk is told this often. */
const WRITE_MS = 1_000

const Kept = z.object({
  /** Of another bot we know nothing: its session is not ours to go on with. */
  bot: z.string(),
  session: z.string(),
  sequence: z.int(),
  resume: z.string(),
})

export class Session {
  readonly #botId: string
  readonly #cursor: Cursor
  readonly #warn: (message: string) => void
  #known: { readonly session: string; readonly resume: string } | null = null
  /** Everything up to here is kept, or concerns nobody. */
  #sequence = 0
  #seen = 0
  /** Events that are being kept, oldest first. */
  readonly #open = new Set<number>()
  #written: string | null = null
  #writing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null

  constructor(botId: string, cursor: Cursor, warn: (message: string) => void) {
    this.#botId = botId
    this.#cursor = cursor
    this.#warn = warn
    const kept = Kept.safeParse(jsonOf(cursor.get() ?? ''))
    if (kept.success && kept.data.bot === botId) this.#begin(kept.data)
  }

  /** Where to go on, as the library wants to know it; `null`: from now on. */
  info(): SessionInfo | null {
    if (this.#known === null) return null
    const { session, resume } = this.#known
    // What is being kept is asked for again too. That is harmless; to forget it would not be.
    const sequence = this.#sequence
    return { sessionId: session, resumeURL: resume, sequence, shardId: 0, shardCount: 1 }
  }

  /** Discord started a new one. */
  began({ sessionId, resumeURL, sequence }: SessionInfo): void {
    if (sessionId === this.#known?.session) return
    this.#begin({ session: sessionId, resume: resumeURL, sequence })
    this.#write()
  }

  /** Discord does not know it any more. */
  forget(): void {
    this.#known = null
  }

  /** Where it told us to go on, nobody answers. */
  moveTo(resume: string): void {
    if (this.#known !== null) this.#known = { ...this.#known, resume }
  }

  /** An event came. Call what this returns once the event need not come again. */
  take(sequence: number): () => void {
    const { session } = this.#known ?? { session: null }
    if (sequence > this.#sequence) this.#open.add(sequence)
    this.#seen = Math.max(this.#seen, sequence)
    return () => {
      // Numbers of a session that is over mean nothing in the next.
      if (session !== (this.#known?.session ?? null)) return
      this.#open.delete(sequence)
      const [oldest] = this.#open
      const kept = oldest === undefined ? this.#seen : oldest - 1
      this.#sequence = Math.max(this.#sequence, kept)
      this.#timer ??= setTimeout(() => this.#write(), WRITE_MS)
    }
  }

  /** Resolves when the disk has it. */
  async close(): Promise<void> {
    this.#write()
    await this.#writing
  }

  #begin({ session, resume, sequence }: Omit<z.infer<typeof Kept>, 'bot'>): void {
    this.#known = { session, resume }
    this.#sequence = sequence
    this.#seen = sequence
    this.#open.clear()
  }

  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#known === null) return
    const value = JSON.stringify({
      bot: this.#botId,
      ...this.#known,
      sequence: this.#sequence,
    } satisfies z.infer<typeof Kept>)
    if (value === this.#written) return
    this.#written = value
    this.#writing = this.#writing
      .then(() => this.#cursor.set(value))
      .catch(() => {
        this.#written = null
        this.#warn(
          'the store does not take how far Discord was read: after a restart it is read again',
        )
      })
  }
}
