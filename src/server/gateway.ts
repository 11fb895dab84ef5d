/** What the server needs of the rest: each a small port, joined in `app/join.ts`, swapped whole on reload where it says so. */
import type { Clock } from '../core/clock.ts'
import type {
  Access,
  CredentialClass,
  Decision,
  Evidence,
  PeerOwner,
  Role,
  TailnetAnswer,
} from '../access/types.ts'
import type { HookAnswer, HookRequest } from '../channels/types.ts'
import type { Ask } from '../pairing/ask.ts'
import type { IssuedSecret } from '../pairing/manage.ts'
import type { Redeemed } from '../pairing/redeem.ts'
import type { NodeSurface } from '../pairing/types.ts'
import type { ApprovedUnasked, AskAnswer } from '../pairing/resolve.ts'
import type { Recorder, RequestEntry } from '../record/types.ts'
import type { CookieSettings } from '../operations/cookies.ts'
import type { EventBus, Operation } from '../operations/types.ts'
import type { Connection } from './connection.ts'
import type { Outcome } from './outcome.ts'
import type { NetworkPolicy } from './evidence.ts'
import type { LockNotes } from './lock-notes.ts'

/** The writing side of the throttle (SPEC 2.4). */
export interface Guesses {
  /** `durable` is there when this very guess created a lock: the answer waits for it. */
  charge(
    address: string,
    cls: CredentialClass,
    options: { readonly guessable: boolean },
  ): {
    readonly locked: boolean
    readonly durable: Promise<void> | null
  }
  chargeLoopback(): void
  clear(address: string, cls: CredentialClass): void
}

/** Looks outside the process, made only when a decision turns on them. */
export interface FactSources {
  peerOwner(connection: Connection): Promise<PeerOwner>
  tailnet(address: string): Promise<TailnetAnswer>
}

/** Devices and their approvals: what a connect asks of them, besides the lookups of the decision. */
export interface Pairing {
  /** Asks for an operator's approval, once. */
  ask(ask: Ask): Promise<AskAnswer>
  /** Where the rules let it in unasked; `changed`: judge again; `crowded`: it has to ask. `by`: `kind:id`. */
  approveUnasked(ask: Ask, by: string): Promise<ApprovedUnasked>
  /** Exchanges a setup code for an approval, once. `digest`: SHA-256 of the code's secret, hex. */
  redeem(digest: string, ask: Ask): Promise<Redeemed>
  /** The token to hand a device that connects; `lost`: it cannot be made again, so {@link reissue} another. */
  issued(deviceId: string, role: Role): IssuedSecret | null | 'lost'
  reissue(deviceId: string, role: Role): Promise<IssuedSecret | null>
  /** The token that a rotation made has been used; resolves when the old one is dead for good. */
  confirm(deviceId: string, role: Role): Promise<void>
  /** What a node says it can do, cleaned; `asked`: until its request is on disk, `null` when none is needed. */
  claim(
    nodeId: string,
    surface: NodeSurface,
  ): { readonly claimed: NodeSurface; readonly asked: Promise<void> | null }
  /** A moment ago it was removed or revoked. */
  tookAway(deviceId: string): boolean
  /** It connected. Never waits. */
  saw(deviceId: string, role: Role): void
}

/** Limits on requests, after authentication: an API key's own, and `security.rateLimit`. */
export interface RequestQuotas {
  /** Counts one request of this caller. `null` where nothing limits them. */
  take(decision: Extract<Decision, { kind: 'allowed' }>): RequestQuota | null
}

/** Accounts on chat networks that the network calls. */
export interface Webhooks {
  /** As the configuration names them now; `null`: no such account, or one that is never called. */
  find(channel: string, account: string): Webhook | null
}

export interface Webhook {
  /** Resolves when what came is kept; rejects when it could not be, so that the network delivers it again. */
  take(request: HookRequest): Promise<HookAnswer>
}

export interface RequestQuotas {
  /** Counts one request of this caller. `null` where nothing limits them. */
  take(decision: Extract<Decision, { kind: 'allowed' }>): RequestQuota | null
}

/** Accounts on chat networks that the network calls. */
export interface Webhooks {
  /** As the configuration names them now; `null`: no such account, or one that is never called. */
  find(channel: string, account: string): Webhook | null
}

export interface Webhook {
  /** Resolves when what came is kept; rejects when it could not be, so that the network delivers it again. */
  take(request: HookRequest): Promise<HookAnswer>
}

/** Whole, and within the limits of size and time. */
export interface WebhookRequest {
  readonly method: 'GET' | 'POST'
  readonly query: URLSearchParams
  readonly header: (name: string) => string | null
  readonly body: Buffer
}

export type WebhookAnswer =
  /** `body`: what the network wants to hear. */
  | { readonly kind: 'taken'; readonly body: string }
  /** Neither signature nor token came. */
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'forged' }
  | { readonly kind: 'unreadable' }

export interface RequestQuota {
  readonly allowed: boolean
  readonly resetMs: number
  /** `RateLimit-Limit` and its two companions, as names and values in turn. */
  readonly headers: readonly string[]
}

/** A request, a frame or a handshake that is over. */
export interface EndedRequest {
  readonly requestId: string
  readonly surface: RequestEntry['surface']
  /** As in the record: a name of ours, whatever the caller asked for. */
  readonly operation: string
  readonly decision: Decision | null
  readonly outcome: Outcome
  /** Milliseconds that it took; `null` for a handshake, which waits for its client. */
  readonly ms: number | null
}

/** Counts what became of requests: told where the record is. Adds to numbers and does nothing else. */
export interface Meter {
  ended(request: EndedRequest): void
}

/** One request on its way, for traces. */
export interface RequestTrace {
  /** It is known who asks. `traceparent`: the header as it came, heeded of principals alone; `null` without one. */
  decided(decision: Decision, traceparent: string | null): void
  /** Runs the operation: what it starts is shown below it. */
  within<Result>(run: () => Result): Result
  ended(request: EndedRequest): void
}

export interface Tracer {
  /** `null` while traces are off. */
  begin(): RequestTrace | null
}

export interface Log {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
  /** For a failure that nobody expected. */
  failure(message: string, error: unknown): void
}

export interface Gateway {
  /** Frozen values that a reload swaps whole. Asked wherever something is judged: what waited meanwhile is judged by the new ones. */
  readonly network: () => NetworkPolicy
  readonly access: () => Access
  /** How often they were swapped: whoever was authenticated before the last time was so under other rules. */
  readonly generation: () => number
  readonly guesses: Guesses
  readonly facts: FactSources
  readonly quotas: RequestQuotas
  readonly pairing: Pairing
  readonly webhooks: Webhooks
  readonly record: Recorder
  readonly meter: Meter
  readonly tracer: Tracer
  readonly operations: readonly Operation[]
  readonly bus: EventBus
  readonly locks: LockNotes
  readonly clock: Clock
  readonly newRequestId: () => string
  readonly log: Log
  /** A success, for what counts successes: the rotation's stragglers, a session's idle time. */
  readonly onAllowed: (decision: Extract<Decision, { kind: 'allowed' }>, agent: string) => void
  /** A token that is right and browned out was shown. */
  readonly onTurnedAway: (evidence: Evidence, clientAddress: string) => void
  readonly ready: () => boolean
  readonly version: string
  /** `security.session`. */
  readonly cookies: () => CookieSettings
  /** Extra headers of every answer: HSTS where configured. */
  readonly extraHeaders: readonly string[]
}
