/** What an operation is: one thing the gateway can be asked to do, over HTTP, WebSocket and the command line alike. */
import type { z } from 'zod'
import type { Reason } from '../access/reasons.ts'
import type { Scope } from '../access/scopes.ts'
import type { Evidence, MethodName, Principal } from '../access/types.ts'

/** What a caller must hold. `principal`: anybody authenticated. `node`: nodes alone. `public`: a short list with fixed bodies (SPEC 3). */
export type Requirement = Scope | 'principal' | 'node' | 'public'

export interface HttpBinding {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `/api/v1/agents/:agentId/messages`: parameters, query and body members together are the input. */
  readonly path: string
  /** What REST answers, where that differs from the wire's result. */
  readonly reply?: (output: never) => unknown
  /** The output is text and answered as it stands, as this media type. */
  readonly mediaType?: string
  /** Answers `text/event-stream` to callers that accept it: every emitted event, then the result as `done`. */
  readonly streams?: boolean
}

/** One authenticated call. */
export interface Call {
  readonly requestId: string
  readonly principal: Principal
  readonly method: MethodName
  readonly clientAddress: string
  readonly surface: 'http' | 'websocket' | 'owner'
  /** What the request showed: for the few operations that judge something more themselves. */
  readonly evidence: Evidence
  /** The WebSocket that asks; `null` over HTTP. */
  readonly connectionId: string | null
  /** Aborted when the caller goes away or the gateway stops. */
  readonly signal: AbortSignal
  /** Progress for this caller alone: an early response frame (`accepted`) or a stream event. */
  readonly emit: (progress: Progress) => void
}

export type Progress =
  /** WebSocket: a response with the same id before the last one. REST: event `accepted`. */
  | { readonly kind: 'accepted'; readonly payload: object }
  /** REST streams: event `delta`. Not sent over WebSocket, where events carry it. */
  | { readonly kind: 'delta'; readonly text: string }
  /** REST streams: event `changed`, without saying what. */
  | { readonly kind: 'changed' }
  /** REST streams: a comment, so that nobody in between takes silence for the end. */
  | { readonly kind: 'alive' }

export interface Operation {
  /** The wire's method name. */
  readonly name: string
  readonly summary: string
  readonly requires: Requirement
  /** A caller in role `webchat` may use it, on its own conversation alone (S0). */
  readonly webchat: boolean
  /** Changes something: a record entry is durable before it runs, and it is refused while the record cannot be written. */
  readonly changes: boolean
  readonly http: HttpBinding | null
  /** Served and advertised as a WebSocket method. */
  readonly websocket: boolean
  /** Closed schema of the input; `null` input counts as `{}`. */
  readonly input: z.ZodType
  /** What a change is about, for its entry in the record, as things are before it runs. Never a secret. `Refusal` where the input names nothing. */
  subject?(input: unknown): string
  run(input: unknown, call: Call): unknown
}

interface OperationSpec<Input extends z.ZodType, Output> {
  readonly name: string
  readonly summary: string
  readonly requires: Requirement
  readonly webchat?: boolean
  readonly changes: boolean
  readonly http:
    | (Omit<HttpBinding, 'reply'> & { readonly reply?: (output: Awaited<Output>) => unknown })
    | null
  readonly websocket: boolean
  readonly input: Input
  readonly subject?: (input: z.output<Input>) => string
  readonly run: (input: z.output<Input>, call: Call) => Output
}

/** Gives an operation its types; `run` sees parsed input only. */
export function defineOperation<Input extends z.ZodType, Output>(
  spec: OperationSpec<Input, Output>,
): Operation {
  return { webchat: false, ...spec }
}

/** By which an operation says no; `server/perform.ts` alone catches it. The message is for the caller: no secret in it. */
export class Refusal extends Error {
  readonly reason: Reason

  constructor(reason: Reason, message: string) {
    super(message)
    this.name = 'Refusal'
    this.reason = reason
  }
}

/** What happens in the gateway that connected clients may hear of (PROTOCOL 4.5). */
export interface GatewayEvent {
  readonly event: string
  readonly payload: object
  /** Who may hear it; `null`: every authenticated connection. */
  readonly scope: Scope | null
  /** May be skipped for a slow reader. */
  readonly droppable: boolean
  /** The conversation that it is about, canonical: the web chat whose own it is hears it too. */
  readonly session?: string
}

/** Events to all connections of this process; another machine's come over the same port later. */
export interface EventBus {
  publish(event: GatewayEvent): void
  subscribe(listener: (event: GatewayEvent) => void): () => void
}
