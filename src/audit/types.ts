/**
 * Vocabulary of the security audit. A check is a pure function over facts that were collected once; what would happen to
 * a request is asked of the real decision code, never guessed.
 */
import type { Config } from '../config/schema.ts'
import type { Problem, SenderCode } from '../config/problem.ts'
import type { StartRules } from '../config/start-rules.ts'
import type { Offer } from '../config/sources.ts'
import type { Scope } from '../access/scopes.ts'
import type { Decided, MadeUp } from './decided.ts'

/** `critical`: somebody gets in, or reads a secret, who should not; the audit then exits with 1. */
export type Severity = 'critical' | 'warning' | 'info'

export interface Finding<Mend = Repair> {
  /** `gateway.token_too_short`: also its anchor on the reference page. */
  readonly checkId: string
  readonly severity: Severity
  /** One line. */
  readonly title: string
  /** What was found, and where: a key, a file. Never a secret. */
  readonly detail: string
  /** What to do, as a command where there is one. */
  readonly fix: string
  /** What `--fix` may do about it; `[]`: nothing that is safe without asking. */
  readonly repairs: readonly Mend[]
}

/** A repair as data: applied in one place, the same when it is applied twice, and never wider than before. */
export type Repair =
  | { readonly kind: 'chmod'; readonly path: string; readonly mode: number }
  /** Plain keys of the API key file become their digests. */
  | { readonly kind: 'hash-api-keys'; readonly path: string }
  /** A setting of the config file. */
  | { readonly kind: 'set'; readonly key: string; readonly value: unknown }

/** One check of the audit, or of the doctor. One file each below `checks/`; `index.ts` lists them. */
export interface Check<Facts = AuditFacts, Mend = Repair> {
  /** With `<network>` in it where each chat network has its own. */
  readonly id: string
  /** The highest severity that it may report, for the reference page. */
  readonly severity: Severity
  /** One line for the reference page: what is wrong when it reports. */
  readonly title: string
  /** Why it matters and where the rule comes from: SPEC section, seed, lesson. For the reference page. */
  readonly why: string
  readonly find: (facts: Facts) => readonly Found<Mend>[]
}

/** What a check says; the rest of a {@link Finding} is the check's own. */
export interface Found<Mend = Repair> {
  /** Takes the place of `<network>` in the check's id: `channels.telegram.dm.open`. */
  readonly network?: string
  /** Where the check's own is not meant. */
  readonly severity?: Severity
  readonly detail: string
  readonly fix: string
  readonly repairs?: readonly Mend[]
}

/** Everything that checks look at. Collected once; nothing in it changes. */
export interface AuditFacts {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly stateDir: string
  readonly configFile: string
  readonly config: Config
  readonly rules: StartRules
  /** What loading it warned of. */
  readonly warnings: readonly Problem[]
  /** Why the configuration could not be read; where there is one, `config` is the defaults, and only checks that do not need it are asked. */
  readonly unread: readonly Problem[]
  /** Settings that somebody else could have written, and whether a program is named there: none was run. */
  readonly distrusted: { readonly files: readonly string[]; readonly program: boolean }
  /** Reachable by more than this host's own users. */
  readonly open: boolean
  /** Where it would listen. */
  readonly listens: readonly string[]
  /** One of them is another machine's to reach. */
  readonly reached: boolean
  /** Who named a value for a key such as `gateway.auth.token`, the winner first. */
  readonly offers: (key: string) => readonly Offer[]
  /** Below the state dir, and what the configuration names outside it. */
  readonly files: readonly FileFact[]
  /** The repository that `secrets.identity` lies in; `null` none. */
  readonly identityRepository: string | null
  readonly place: PlaceFact
  /** `null`: there is no key file, or keys are off. */
  readonly apiKeys: readonly ApiKeyFact[] | null
  /** File and line that stand in the way of reading them; `null` when nothing does. */
  readonly apiKeysProblem: string | null
  readonly senders: SendersFact
  /** Of chat networks, as the configuration has them. */
  readonly accounts: readonly AccountFact[]
  /** What in the lists of senders does not do what it says. */
  readonly senderFaults: readonly SenderFault[]
  /** What the gateway would answer to a request that is made up: the real decision code, without effects. */
  readonly decide: (request: MadeUp) => Decided
  /** The user that the gateway runs as, and that the files should belong to. */
  readonly uid: number
}

/** What a file is for. */
export type FileRole =
  | 'state-dir'
  | 'config'
  | 'environment'
  | 'api-keys'
  | 'credentials'
  | 'secrets'
  | 'identity'
  | 'store'
  | 'record'
  /** Of the configuration, the API keys or the identity, outside the state dir. */
  | 'outside-folder'
  | 'other'

export interface FileFact {
  readonly role: FileRole
  readonly path: string
  readonly kind: 'file' | 'folder' | 'symlink' | 'other'
  /** Permission bits alone: 0o644. */
  readonly mode: number
  readonly uid: number
  /** Nobody but the owner is in its group. */
  readonly privateGroup: boolean
  /** Milliseconds since the epoch. */
  readonly changedAt: number
  /** What a symlink leads to in the end; `null` for what is none, and where it leads nowhere. */
  readonly target: LinkTarget | null
}

export type LinkTarget = Omit<FileFact, 'role' | 'target'>

/** Where the state dir is. */
export interface PlaceFact {
  /** Of the state dir, with every link above it followed. */
  readonly path: string
  /** `Dropbox`, `a folder of Syncthing`: what copies it to other machines; `null` when nothing is known to. */
  readonly syncedBy: string | null
  /** The git work tree around it; `null` when there is none. */
  readonly workTree: string | null
}

export interface ApiKeyFact {
  readonly id: string
  readonly name: string
  /** The key itself stands in the file. */
  readonly plain: boolean
  /** Somebody could guess it, or look it up: only a new one helps. */
  readonly weak: boolean
  readonly revoked: boolean
  readonly permissions: readonly string[]
  /** What the permissions amount to. */
  readonly scopes: readonly Scope[]
  /** Milliseconds since the epoch; `null` never. */
  readonly expiresAt: number | null
  readonly createdAt: number | null
  readonly lastUsedAt: number | null
}

export interface SendersFact {
  /** People who may write by approval, as `telegram:123`. */
  readonly approved: readonly string[]
  /** Names of `allowFrom` that nobody's id is pinned to yet, with their place. */
  readonly unpinned: readonly {
    readonly channel: string
    readonly place: string
    readonly name: string
  }[]
}

/** One account on a chat network, and what becomes of somebody whom nobody knows: asked of the code that admits senders. */
export interface AccountFact {
  readonly channel: string
  readonly account: string
  /** `channels.telegram.accounts.work`. */
  readonly place: string
  /** Why it cannot run; `null`: it can. */
  readonly problem: string | null
  readonly stranger: {
    /** Writes to it directly. */
    readonly direct: 'allowed' | 'asks' | 'refused'
    /** Speaks to it in a group that the configuration does not name. */
    readonly anyGroup: 'allowed' | 'refused'
    /** Speaks to it in a group that it does name; `null` where it names none. */
    readonly ownGroup: 'allowed' | 'refused' | null
  }
  /** Ids of people who may write directly by `allowFrom`. */
  readonly allowed: readonly string[]
  /** `allowFrom` says nobody at all and the policy asks nobody. */
  readonly nobody: boolean
  /** The same of groups: some are named, and nobody may speak there. */
  readonly nobodyInGroups: boolean
}

export interface SenderFault extends Problem {
  readonly code: SenderCode
  /** `channels.telegram.accounts.work`, `channels.telegram.allowFrom`. */
  readonly key: string
  /** `telegram`; `''` for a fault of no network. */
  readonly channel: string
}
