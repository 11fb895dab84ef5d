/** What an agent was told to remember, for each caller apart: the port that `storage/memory.ts` implements. */
import type { Unavailable } from './conversations.ts'

/** Both together: nobody ever reads what another principal told an agent (R56). */
export interface MemoryOwner {
  readonly owner: string
  readonly agentId: string
}

export interface Fact {
  readonly text: string
  readonly at: number
}

export type Remembered =
  | { readonly kind: 'kept' }
  /** `limit` facts are kept already. */
  | { readonly kind: 'full'; readonly limit: number }
  | Unavailable

export interface Memory {
  /** The same text again stays one fact. On disk when it resolves. */
  remember(owner: MemoryOwner, fact: Fact): Promise<Remembered>
  /** All of this owner, newest first. */
  recall(owner: MemoryOwner): Promise<readonly Fact[]>
}
