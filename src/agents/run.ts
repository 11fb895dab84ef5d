/** One run: a message that was accepted, its answer as it grows, and how it ended. */
import type { RunEnd, RunEvent, Turn } from './types.ts'

/** What happened, before the run adds who, when and the count. */
type News =
  | { readonly kind: 'started' }
  | { readonly kind: 'delta'; readonly piece: string; readonly text: string }
  | { readonly kind: 'final'; readonly text: string }
  | { readonly kind: 'aborted'; readonly text: string }
  | { readonly kind: 'failed'; readonly detail: string }

/** What others may know and do of it. */
export interface Run {
  readonly runId: string
  readonly agentId: string
  readonly sessionKey: string
  readonly sessionId: string
  readonly acceptedAt: number
  /** `null` while it waits or runs. */
  readonly end: RunEnd | null
  /** Never rejects. */
  readonly ended: Promise<RunEnd>
  /** Pieces that come from now on. Call what it returns to hear no more. */
  onPiece(listener: (piece: string) => void): () => void
}

export class ActiveRun implements Run {
  turn: Turn
  readonly number: number
  readonly #controller: AbortController
  readonly #publish: (event: RunEvent) => void
  readonly #listeners = new Set<(piece: string) => void>()
  readonly #ended = Promise.withResolvers<RunEnd>()
  #end: RunEnd | null = null
  #begun = false
  #seq = 0

  /** `number`: the turn within its session. `turn.signal` becomes the run's own. */
  constructor(turn: Omit<Turn, 'signal'>, number: number, publish: (event: RunEvent) => void) {
    this.#controller = new AbortController()
    this.turn = { ...turn, signal: this.#controller.signal }
    this.number = number
    this.#publish = publish
  }

  get runId(): string {
    return this.turn.runId
  }

  get agentId(): string {
    return this.turn.agentId
  }

  get sessionKey(): string {
    return this.turn.sessionKey
  }

  get sessionId(): string {
    return this.turn.sessionId
  }

  get acceptedAt(): number {
    return this.turn.at
  }

  get end(): RunEnd | null {
    return this.#end
  }

  get ended(): Promise<RunEnd> {
    return this.#ended.promise
  }

  onPiece(listener: (piece: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whoever calls first has it: an agent that is about to answer, or somebody who stops it before. */
  begin(): boolean {
    if (this.#begun) return false
    this.#begun = true
    return true
  }

  abort(): void {
    this.#controller.abort()
  }

  /** `at`: now. */
  tell(news: News, at: number): void {
    const { runId, agentId, sessionKey, sessionId } = this.turn
    this.#publish({ ...news, runId, agentId, sessionKey, sessionId, at, seq: this.#seq++ })
    if (news.kind !== 'delta') return
    for (const listener of this.#listeners) listener(news.piece)
  }

  finish(end: RunEnd): void {
    this.#end = end
    this.#listeners.clear()
    this.#ended.resolve(end)
  }
}
