/** Connected nodes, and what one is asked to run. */
import type { NodeSurface } from '../pairing/types.ts'

/** One live connection of a node. */
export interface NodeConnection {
  readonly connectionId: string
  readonly nodeId: string
  /** What it said at its connect that it can do; what of it is in force is decided by what was approved. */
  readonly claimed: NodeSurface
  /** For people. */
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly connectedAt: number
  /** An event for this connection alone. */
  send(event: string, payload: object): void
  /** Aborted when it is gone. */
  readonly gone: AbortSignal
}

export interface ConnectedNodes {
  /** The newest connection of this node; `null`: it is not connected. */
  find(nodeId: string): NodeConnection | null
}

/** One command for one node. */
export interface InvocationRequest {
  readonly nodeId: string
  readonly command: string
  /** `null`: none were given. */
  readonly paramsJSON: string | null
  readonly timeoutMs: number
  /** Whose key it is: `kind:id`. */
  readonly owner: string
  readonly idempotencyKey: string
}

/** What a node says came of it. */
export interface NodeAnswer {
  readonly id: string
  readonly end: Extract<InvocationEnd, { kind: 'done' | 'failed' }>
}

export type InvocationEnd =
  | { readonly kind: 'done'; readonly payloadJSON: string | null }
  /** The node's own words. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'timeout' }
  /** Its connection ended first. */
  | { readonly kind: 'gone' }
  /** Nobody waits for it any more. */
  | { readonly kind: 'cancelled' }
  /** It ended well, and its answer was too large to be kept for a second time. */
  | { readonly kind: 'not-kept' }

export type Begun =
  | { readonly kind: 'begun'; wait(signal: AbortSignal): Promise<InvocationEnd> }
  /** The key stands for something else. */
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'busy' }
