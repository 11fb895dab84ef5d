/** What an agent is, what it is asked, and what is heard of a run while it goes on. */
import type { MethodName, Principal } from '../access/types.ts'

/** Who sends a message: commands in it can do what this caller may do, and no more (R50). */
export interface Caller {
  readonly principal: Principal
  /** `channel`: a chat network said who wrote. */
  readonly method: MethodName | 'channel'
}

/** Whose memories and idempotency keys these are. Kinds hold no colon, so no two callers share one. */
export function ownerOf({ principal }: Caller): string {
  return `${principal.kind}:${principal.id}`
}

/** One message to one agent. */
export interface Turn {
  readonly runId: string
  readonly agentId: string
  /** Canonical: `agent:<id>:<key>`. */
  readonly sessionKey: string
  readonly sessionId: string
  readonly message: string
  readonly caller: Caller
  /** When it was accepted, in milliseconds since the epoch. */
  readonly at: number
  /** Aborted when somebody stops the run, or the gateway cannot wait any longer. */
  readonly signal: AbortSignal
}

/** Something that answers. One file or folder each; `index.ts` lists them. */
export interface Agent {
  readonly id: string
  /** For people. */
  readonly name: string
  /** Shown with the answer; `null` when no model is behind it. */
  readonly model: { readonly provider: string; readonly name: string } | null
  /** Pieces of the answer in order; together they are the answer. Throwing fails the run. */
  answer(turn: Turn): AsyncIterable<string>
}

interface RunFact {
  readonly runId: string
  readonly agentId: string
  readonly sessionKey: string
  readonly sessionId: string
  /** Counts from 0 within the run. */
  readonly seq: number
  readonly at: number
}

/** `text` is the answer so far, or the whole answer. `final` and `aborted` come after it is on disk. */
export type RunEvent =
  | (RunFact & { readonly kind: 'started' })
  | (RunFact & { readonly kind: 'delta'; readonly piece: string; readonly text: string })
  | (RunFact & { readonly kind: 'final'; readonly text: string })
  | (RunFact & { readonly kind: 'aborted'; readonly text: string })
  | (RunFact & { readonly kind: 'failed'; readonly detail: string })

/** How a run ended. */
export type RunEnd =
  | { readonly kind: 'answered'; readonly text: string; readonly durationMs: number }
  | { readonly kind: 'aborted'; readonly text: string; readonly durationMs: number }
  /** `store`: there was an answer, but it could not be kept. `detail` is for the caller. */
  | { readonly kind: 'failed'; readonly why: 'agent' | 'store'; readonly detail: string }
