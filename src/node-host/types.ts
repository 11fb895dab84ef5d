/** What this machine runs for others as a node, and what is told of it. */

/** A name that a gateway may send, and what it means here. */
export type NodeCommand = ProgramCommand | BuiltInCommand

export interface ProgramCommand {
  readonly kind: 'program'
  readonly name: string
  /** An absolute path, or a name that is looked up in PATH; never a line for a shell. */
  readonly program: string
  readonly args: readonly string[]
  /** Whether whoever asks may add arguments after the fixed ones. */
  readonly extraArgs: 'refused' | 'accepted'
  /** `null`: the home folder. */
  readonly cwd: string | null
  /** Variables that it is given besides PATH, HOME and LANG. */
  readonly env: readonly string[]
  readonly timeoutMs: number
  /** Of standard output, and of standard error. */
  readonly maxOutputBytes: number
}

export interface BuiltInCommand {
  readonly kind: 'built-in'
  readonly name: string
  readonly answer: () => object
}

export type NodeCommands = ReadonlyMap<string, NodeCommand>

export type Environment = Readonly<Record<string, string | undefined>>

/** What becomes of one request: sent to the gateway as it is. */
export type Outcome =
  | { readonly kind: 'done'; readonly payload: object }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string }

export type FailureCode =
  /** Not on this machine's list, or with arguments that its entry does not accept. */
  | 'not-allowed'
  | 'invalid-params'
  | 'failed-to-start'
  | 'timeout'
  | 'cancelled'
  | 'busy'
  /** The same request came before, in another invocation. */
  | 'duplicate'

/** What a program that ran to its end left behind. */
export interface RunResult {
  readonly exitCode: number | null
  /** `SIGSEGV`, where a signal ended it. */
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  /** There was more. */
  readonly truncated: boolean
  readonly durationMs: number
}

/** A gateway's no to `connect` (PROTOCOL 1.2). */
export interface GatewayRefusal {
  readonly code: string
  readonly message: string
  readonly details?: unknown
  /** Milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** For whoever watches; never what a command was given or what it printed. */
export type Told =
  | {
      readonly kind: 'started'
      readonly deviceId: string
      /** What is claimed. */
      readonly commands: readonly string[]
    }
  | { readonly kind: 'connected' }
  /** The device token that the gateway gave is in memory alone. */
  | { readonly kind: 'token-not-kept'; readonly why: string }
  /** It comes back by itself. */
  | { readonly kind: 'disconnected'; readonly code: number; readonly reason: string }
  /** It tries again by itself. */
  | { readonly kind: 'not-reached'; readonly detail: string }
  /** Refused for now: asked again after `retryMs`. */
  | { readonly kind: 'waiting'; readonly refusal: GatewayRefusal; readonly retryMs: number }
  | {
      readonly kind: 'invoked'
      readonly command: string
      readonly outcome: Outcome
      readonly durationMs: number
      /** The gateway took the answer; if not, nobody waits for it any more. */
      readonly delivered: boolean
    }

export type Tell = (told: Told) => void
