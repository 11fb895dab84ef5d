/** What the record keeps of one request, and the port through which the server writes it. */
import type { CredentialClass, Listener, MethodName, Role, TraceStep } from '../access/types.ts'

/** One request, frame or connection as the record sees it. Holds no secret: fingerprints only. */
export interface RequestEntry {
  readonly requestId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** `channel`: a message on a chat network. */
  readonly surface: 'http' | 'websocket' | 'owner' | 'channel'
  /** The operation's name, `connect` for a WebSocket handshake, `unknown` for a path that is no route. */
  readonly operation: string
  /** Which of our sockets took it; missing in older lines. */
  readonly via?: Listener
  /** What it asked to be allowed, where it did: by `connect`, or by a header that narrows. Missing in older lines. */
  readonly wish?: Wish
  readonly peer: string
  readonly client: string
  /** Names of the forwarding headers that came. */
  readonly forwarding: readonly string[]
  readonly host: string
  readonly origin: string | null
  readonly outcome: 'allowed' | 'refused' | 'failed'
  /** `kind:id`, or `null` when nobody was authenticated. */
  readonly principal: string | null
  /** What a change is about, in words like `device=682c1f… role=operator`; never a secret. Missing where the operation says it all. */
  readonly subject?: string
  readonly method: MethodName | null
  readonly fingerprint: string | null
  /** Why it was refused; `null` when allowed. */
  readonly code: string | null
  readonly failures: readonly {
    readonly class: CredentialClass
    readonly reason: string
    readonly fingerprint: string
  }[]
  readonly trace: readonly TraceStep[]
}

/** What a decision reads of a request besides who it comes from. Holds nothing that a stranger made up. */
export interface Wish {
  /** By `connect`; `null` over HTTP, where all that is held is meant. */
  readonly scopes: readonly string[] | null
  /** By `x-openclaw-scopes`; `null` without it. */
  readonly cap: readonly string[] | null
  /** `null` over HTTP. */
  readonly role: Role | null
  /** First 12 hex of the device that was shown; `invalid` where its proof does not hold, `null` without one. */
  readonly device: string | null
  /** It calls itself the Control UI. */
  readonly ui: boolean
}

/** Something that happened to the gateway itself: a start, a reload, a lock, a rotation. */
export interface NoteEntry {
  readonly at: number
  /** `gateway.start`, `config.reload`, `lock.created`, `record.dropped` … */
  readonly event: string
  readonly by: string | null
  /** Plain facts in words; never a secret. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

/** A change whose entry is durable and waits for its end. */
export interface OpenedChange {
  readonly requestId: string
}

/** What allows have in common that are counted together. */
export interface FoldKind {
  /** `kind:id`. */
  readonly principal: string
  readonly client: string
  readonly operation: string
  /** Fingerprint of the credential, or the method where none was shown: two tokens are two kinds. */
  readonly by: string
}

/** The only way to write the record. `append.ts` implements it. */
export interface Recorder {
  /** False while the files cannot be written: changes are then refused (SPEC 10). */
  readonly writable: boolean
  /**
   * True when an allow like this (same principal, address, operation and credential) was already written in this
   * minute: it is only counted, and the caller need not build an entry. O(1), bounded.
   */
  fold(kind: FoldKind): boolean
  /** Writes one entry behind the request. Refusals beyond 50 a second fold into a summary that still answers `find`. */
  write(entry: RequestEntry): void
  note(entry: NoteEntry): void
  /** Resolves when the opening entry is on disk; rejects when it cannot be. */
  open(entry: RequestEntry): Promise<OpenedChange>
  /** Resolves when the closing entry is on disk. */
  close(change: OpenedChange, outcome: 'done' | 'failed', code: string | null): Promise<void>
}
