/** What commands need of the rest of the program. Each is loaded only when asked for; `main.ts` joins them. */
import type { Loaded } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import type { Audited } from '../audit/run.ts'
import type { Secret } from '../core/secret.ts'
import type { Finding } from '../doctor/types.ts'
import type { NodeCredential, SessionEnd } from '../node-host/session.ts'
import type { NodeCommands, Tell } from '../node-host/types.ts'
import type { Verification } from '../record/verify.ts'
import type { Told } from '../recover/types.ts'
import type { Io } from './types.ts'

/** Flags of `openclaw gateway`: they win over environment and config (SPEC 1). */
export interface GatewayOptions {
  readonly port?: number
  readonly bind?: string
  readonly auth?: string
  readonly token?: Secret
  readonly password?: Secret
  readonly tailscale?: string
  /** The config file in place of the state dir's. */
  readonly config?: string
  readonly verbose: boolean
}

/** How to reach the gateway, as far as the configuration says. */
export interface ClientSettings {
  readonly port: number
  /** Of the listener for nodes alone; `null`: there is none, or only the gateway knows which it picked. */
  readonly bridgePort: number | null
  /** The live shared secret of this host's gateway, for when its socket cannot be used. */
  readonly credential: Secret | null
  /** Set in `gateway.mode: "remote"`: that gateway is meant, never this host's. */
  readonly remote: { readonly url: string; readonly credential: Secret | null } | null
  /** `security.apiKeys.enabled`. */
  readonly apiKeysEnabled: boolean
  /** What keeps a gateway from starting with it; `null`: nothing that the configuration says. */
  readonly wouldNotStart: string | null
}

export type SettingsRead =
  | { readonly kind: 'settings'; readonly settings: ClientSettings }
  /** The configuration cannot be read; the message names file, place and what to do. */
  | { readonly kind: 'broken'; readonly message: string }

/** Begins the line of the gateway's log that says why a start ended. */
export const DOES_NOT_START = 'the gateway does not start: '

/** What a running gateway says of itself in its state dir. */
export interface GatewayInfo {
  /** `null` while it has not said anything yet. */
  readonly pid: number | null
}

/** One line of the record; every member may hold what a stranger sent. */
export interface RecordLine {
  readonly sequence: number
  readonly entry: Readonly<Record<string, unknown>>
}

export interface RecordQuery {
  readonly kind: 'auth' | 'gateway' | 'channels' | null
  /** Milliseconds since the epoch. */
  readonly since: number | null
  /** Client address. */
  readonly client: string | null
}

/** What the record knows of one request: in words, and as it stands there. */
export interface RecordAnswer {
  /** Several lines, free of control characters. */
  readonly text: string
  readonly value: unknown
}

/** The record's files on this host; they can be read while a gateway runs, and while none does. */
export interface RecordFiles {
  /** Oldest first: the newest `limit` that match. */
  list(query: RecordQuery & { readonly limit: number }): Promise<readonly RecordLine[]>
  /** New lines as they come, until the signal aborts. */
  follow(query: RecordQuery & { readonly signal: AbortSignal }): AsyncIterable<RecordLine>
  find(requestId: string): Promise<RecordAnswer | null>
  verify(): Promise<Verification>
}

/** Milliseconds since the epoch, or ISO 8601. */
export type Moment = number | string

/** An API key as it is listed, by the gateway and from its file alike; `null` for never. */
export interface ListedKey {
  readonly id: string
  readonly name: string
  /** `active`, `expired`, `revoked`, `refused`. */
  readonly state: string
  readonly permissions: readonly string[]
  readonly createdAt: Moment | null
  readonly expiresAt: Moment | null
  readonly rateLimit: number | null
}

export interface NewKey {
  readonly name: string
  readonly permissions: readonly string[]
  /** As people write it: `30d`, `2027-01-01`, `never`. */
  readonly expires: string
  readonly rateLimit: number | null
}

/** A key right after it was made: `key` is shown once. */
export interface MadeKey {
  readonly id: string
  readonly key: string
  readonly expiresAt: Moment | null
}

export type KeyChange<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  /** The message says what, where and what to do. */
  | { readonly kind: 'no'; readonly message: string }

/** The API key file, edited while no gateway runs. */
export interface KeyFile {
  list(): Promise<KeyChange<readonly ListedKey[]>>
  create(key: NewKey): Promise<KeyChange<MadeKey>>
  revoke(id: string): Promise<KeyChange<{ readonly id: string }>>
  rotate(id: string): Promise<KeyChange<MadeKey>>
}

export interface RecoverOptions {
  /** Nothing is changed. */
  readonly dryRun: boolean
  /** Approve this device as an administrator. */
  readonly device: string | null
  /** Hand out the gateway's secret. */
  readonly reveal: boolean
}

export type RecoverEnd =
  | {
      readonly kind: 'admin'
      /** Who answered: a gateway that runs anyway, or one that was started to see. */
      readonly proof: 'running' | 'trial'
      /** Keys of what was made anew: `gateway.auth.token`, `fingerprint.key`. */
      readonly made: readonly string[]
      /** With `reveal`; `null` where the mode has none. */
      readonly secret: Secret | null
      /** Which is configured, for whoever lost it. */
      readonly credential: 'token' | 'password' | null
      /** While it runs: things that are wrong on disk, where nothing was changed. */
      readonly found: number
      /** Things that are wrong still, and keep nobody out. */
      readonly left: number
    }
  | { readonly kind: 'not-admin'; readonly why: string }
  /** Nothing was touched. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'examined'; readonly found: number }

export interface NodeOptions {
  readonly url: URL
  readonly credential: NodeCredential | null
  readonly displayName: string
  readonly commands: NodeCommands
  /** `first`: it ends with the connection, or where an approval is missing. */
  readonly connections: 'first' | 'all'
}

export type NodeEnd =
  | SessionEnd
  /** This machine's own files cannot be used. */
  | { readonly kind: 'no-device'; readonly message: string }

export interface AuditOptions {
  /** Also tries the gateway that runs, from outside its own authentication. */
  readonly deep: boolean
  readonly fix: boolean
}

export interface AuditEnd extends Audited {
  /** `null`: it was not asked for. */
  readonly deep: {
    readonly requests: number
    readonly tookMs: number
    /** In words, one each: what could not be tried, and why. */
    readonly notTried: readonly string[]
  } | null
  readonly repaired: readonly {
    readonly checkId: string
    /** In words: what was done, or why it was not. */
    readonly what: string
    readonly done: boolean
  }[]
}

export interface DoctorOptions {
  readonly fix: boolean
  /** Also reads through what is large, and asks configured chat networks for the time. */
  readonly deep: boolean
  /** A token is to be made where none is (`missing`), or over one of the config file (`force`). */
  readonly token: 'missing' | 'force' | null
  /** What a repair asks first; resolves to false where nobody can be asked. */
  readonly ask: (question: string) => Promise<boolean>
}

export type TokenEnd =
  | { readonly kind: 'made'; readonly file: string }
  /** There is one; the message says from where, and how it is replaced. */
  | { readonly kind: 'kept'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }

export interface DoctorEnd {
  readonly findings: readonly Finding[]
  /** In words: what was done, or why it was not. */
  readonly repaired: readonly {
    readonly checkId: string
    readonly what: string
    readonly done: boolean
  }[]
  /** `null`: none was asked for. */
  readonly token: TokenEnd | null
}

export interface ReplayOptions {
  /** The candidate's file. */
  readonly config: string
  /** Milliseconds since the epoch; `null`: all that is kept. */
  readonly since: number | null
}

/** Requests alike. */
export interface ReplayGroup {
  readonly principal: string
  readonly address: string
  readonly method: string
  /** `everything`, or scopes. */
  readonly what: string
  /** Why they are refused by the configuration that refuses them. */
  readonly code: string | null
  readonly count: number
  /** A request id. */
  readonly example: string
}

export type ReplayEnd =
  | {
      readonly kind: 'replayed'
      readonly lines: number
      readonly replayed: number
      readonly same: number
      readonly gains: readonly ReplayGroup[]
      readonly losses: readonly ReplayGroup[]
      readonly unlisted: { readonly gains: number; readonly losses: number }
      /** By reason. */
      readonly undecided: Readonly<Record<string, number>>
      /** Decided otherwise than recorded already by the configuration as it is. */
      readonly changedSince: number
    }
  /** One of the two configurations cannot be asked. */
  | { readonly kind: 'unreadable'; readonly message: string }

export interface Parts {
  version(): string
  runGateway(options: GatewayOptions, io: Io): Promise<number>
  stateDir(env: Io['env']): string
  /** `null` where no folder can hold one. */
  ownerSocket(env: Io['env']): Promise<string | null>
  settings(env: Io['env']): Promise<SettingsRead>
  /** What the next start or reload with this configuration warns of. */
  configWarnings(loaded: Loaded): Promise<readonly Problem[]>
  /** `null` when no gateway holds the state dir. */
  gatewayInfo(env: Io['env']): Promise<GatewayInfo | null>
  record(env: Io['env']): Promise<RecordFiles>
  keyFile(env: Io['env']): Promise<KeyChange<KeyFile>>
  /** Until somebody ends it, or the gateway does for good. */
  serveNode(options: NodeOptions, env: Io['env'], tell: Tell): Promise<NodeEnd>
  /** `tell` hears of everything while it happens. */
  recover(options: RecoverOptions, io: Io, tell: (told: Told) => void): Promise<RecoverEnd>
  audit(options: AuditOptions, io: Io): Promise<AuditEnd>
  doctor(options: DoctorOptions, io: Io): Promise<DoctorEnd>
  /** `tell` hears how many lines were read so far. */
  replay(options: ReplayOptions, io: Io, tell: (lines: number) => void): Promise<ReplayEnd>
}
