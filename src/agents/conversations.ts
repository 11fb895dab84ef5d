/** Where conversations are kept: the port that the runs need and `storage/messages.ts` implements. */

/** The disk is full, or the store cannot be written for another reason. */
export interface Unavailable {
  readonly kind: 'unavailable'
  /** For the caller: what is wrong and what to do. */
  readonly detail: string
  /** For the log: names the file. */
  readonly error: unknown
}

export interface Conversation {
  readonly sessionKey: string
  readonly sessionId: string
  readonly agentId: string
  /** The beginning of its first message. */
  readonly title: string
  /** The beginning of its newest message. */
  readonly preview: string
  readonly createdAt: number
  readonly updatedAt: number
}

export interface ConversationMessage {
  /** Turns count from 1; part 0 is the person's message. Together they are the order. */
  readonly turn: number
  readonly part: number
  readonly role: 'user' | 'assistant'
  readonly text: string
  readonly runId: string
  readonly stopReason: 'stop' | 'aborted' | null
  readonly at: number
}

export interface Question {
  readonly sessionKey: string
  readonly agentId: string
  readonly runId: string
  readonly text: string
  readonly at: number
  /** The same run may have asked before: then that is the question. */
  readonly again?: boolean
}

export interface Answer {
  /** Of the conversation that the question was kept in: its key may have begun anew since. */
  readonly sessionId: string
  readonly turn: number
  readonly runId: string
  readonly text: string
  readonly stopReason: 'stop' | 'aborted'
  readonly at: number
}

export interface KeptQuestion {
  readonly kind: 'kept'
  readonly sessionId: string
  readonly turn: number
}

export interface HistoryPage {
  /** `null` when nobody wrote in this session yet. */
  readonly sessionId: string | null
  /** Oldest first. */
  readonly messages: readonly ConversationMessage[]
  /** There are older ones. */
  readonly more: boolean
}

export interface ConversationFilter {
  readonly agentId: string | null
  /** Part of a key or title, in any case; `null` for all. */
  readonly search: string | null
  /** Milliseconds since the epoch; `null` for all. */
  readonly updatedSince: number | null
  readonly limit: number
  readonly offset: number
}

export interface ConversationPage {
  /** The one that changed last comes first. */
  readonly conversations: readonly Conversation[]
  /** How many match, on all pages. */
  readonly total: number
}

export interface Conversations {
  /** Keeps a person's message as the next turn, making the session where there is none. On disk when it resolves. */
  ask(question: Question): Promise<KeptQuestion | Unavailable>
  /** Keeps what the agent answered in that turn, with its question wherever that stands now. On disk when it resolves. */
  answer(answer: Answer): Promise<{ readonly kind: 'kept' } | Unavailable>
  /** The newest `limit` messages after skipping `offset`; fewer when they are very long. */
  history(sessionKey: string, limit: number, offset: number): Promise<HistoryPage>
  list(filter: ConversationFilter): Promise<ConversationPage>
  /** Begins anew under this key; what was said stays, under a key of its own. `false`: nobody wrote in it yet. */
  reset(sessionKey: string, at: number): Promise<boolean>
  /** What this run answered, also before the key began anew; `null` when it has not. */
  answerOf(
    sessionKey: string,
    runId: string,
  ): Promise<Pick<ConversationMessage, 'text' | 'stopReason'> | null>
  findBySessionId(sessionId: string): Promise<Conversation | null>
}
