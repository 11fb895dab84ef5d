/** What it takes to start a run, and the answers to asking for one. */
import type { Run } from './run.ts'
import type { Caller } from './types.ts'

export interface Submission {
  readonly agentId: string
  /** Canonical: `agent:<id>:<key>`. */
  readonly sessionKey: string
  /** Not blank; at most {@link MAX_MESSAGE_LENGTH} characters. */
  readonly message: string
  readonly caller: Caller
  /** Becomes the run's id. */
  readonly idempotencyKey: string
  /** It may have been submitted before the gateway was started again: what is kept of it is not kept twice. */
  readonly again?: boolean
  /**
   * Asked when its turn comes, however long it waited: on whose behalf it is answered by then; `null`: nobody's any more,
   * and no agent reads it (R45).
   */
  readonly callerNow?: () => Caller | null
}

/**
 * How the keys of messages from chat networks begin. Nobody else may bring one: after a restart such a message gets what
 * stands under its key as its answer, and that must be what was answered to it (R57).
 */
export const NETWORK_KEY = 'network:'

/** In UTF-16 units, so that a history page stays far below what one frame may hold. */
export const MAX_MESSAGE_LENGTH = 100_000

export type Submitted =
  /** The message is on disk. `repeated`: an earlier call with the same key made the run. */
  { readonly kind: 'accepted'; readonly run: Run; readonly repeated: boolean } | RefusedRun

export interface RefusedRun {
  readonly kind: 'refused'
  readonly why: keyof typeof REFUSALS | 'store'
  /** For the caller: what was wrong and what to do. */
  readonly detail: string
}

const REFUSALS = {
  'unknown-agent': 'unknown agent id: agents.list names the ones there are',
  busy: 'too many messages wait for an answer: send it again in a moment',
  stopping: 'the gateway is stopping: send it again when it is back',
  'key-reused':
    'this idempotencyKey already stands for another message of this session: use a new one',
  'key-reserved': `an idempotencyKey that begins with ${NETWORK_KEY} belongs to a chat network: use another`,
} as const

export function refusedRun(why: keyof typeof REFUSALS): RefusedRun {
  return { kind: 'refused', why, detail: REFUSALS[why] }
}
