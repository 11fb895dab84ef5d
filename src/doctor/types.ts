/** Vocabulary of `openclaw doctor`: facts that are collected once, and what may be done about what is found in them. */
import type { Audited } from '../audit/run.ts'
import type { Check as AuditCheck, Finding as AuditFinding } from '../audit/types.ts'
import type { Problem } from '../config/problem.ts'

/** Severities are the audit's; here `critical` also is a gateway that does not run, or loses what it is given. */
export type Check = AuditCheck<DoctorFacts, Repair>
export type Finding = AuditFinding<Repair>

/** A repair as data: applied in one place, the same when it is applied twice, and never wider than before. */
export type Repair =
  /** Flat keys of the config file become the keys they mean; comments stay. */
  | { readonly kind: 'name-keys'; readonly file: string }
  /** The config file under its own name and in its own language. Asked first; the old file stays as `<name>.bak`. */
  | { readonly kind: 'move-config'; readonly from: string; readonly to: string }
  /** What a writer that was killed left behind. */
  | { readonly kind: 'delete'; readonly path: string }
  /** Into `recovered/` of the state dir; nothing is lost. */
  | { readonly kind: 'move-aside'; readonly path: string }
  /** What a gateway that was killed said of itself. */
  | { readonly kind: 'forget-gateway'; readonly stateDir: string }
  /** Whatever `openclaw security audit --fix` mends. */
  | { readonly kind: 'audit' }

/** Everything that checks look at. Nothing in it changes; nothing in it is a secret. */
export interface DoctorFacts {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Of this program. */
  readonly version: string
  /** `24.21.0`. */
  readonly node: string
  readonly stateDir: string
  readonly uid: number
  readonly config: ConfigFact
  readonly change: ChangeFact
  readonly gateway: GatewayFact
  /** Programs that listen at the configured port, but for the gateway of this state dir. */
  readonly port: { readonly number: number; readonly takenBy: readonly ListenerFact[] }
  readonly locks: readonly LockFact[]
  readonly clock: ClockFact
  readonly disk: DiskFact | null
  /** Files and sockets that the gateway may have open at once: the running one's limit, else this program's. `null`: nobody tells. */
  readonly openFiles: number | null
  readonly store: StoreFact
  readonly record: RecordFact
  readonly leftovers: readonly LeftoverFact[]
  readonly service: ServiceFact
  /** `null` where the configuration cannot be read. */
  readonly security: Audited | null
}

export type ConfigFact =
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'loaded'
      readonly file: string
      /** There is such a file; otherwise everything is as by default. */
      readonly exists: boolean
      /** Where the file would lie under its own name, when it has one of the other two (SPEC 1); `null` when it has not. */
      readonly ownName: string | null
      readonly bind: string
      /** The gateway does not start while there is one. */
      readonly problems: readonly Problem[]
      /** Variables and references that this shell cannot resolve. */
      readonly unresolved: readonly Problem[]
      readonly flatKeys: readonly FlatKeyFact[]
      readonly shadowed: readonly ShadowFact[]
    }

/** A change of the configuration that undoes itself (SPEC 14.5). */
export type ChangeFact =
  | { readonly kind: 'none' }
  /** `undoAt`: milliseconds since the epoch. */
  | { readonly kind: 'waits'; readonly keys: string; readonly undoAt: number }
  | { readonly kind: 'unusable'; readonly path: string; readonly why: string }

export interface FlatKeyFact {
  /** `gateway.token`. */
  readonly flat: string
  /** `gateway.auth.token`. */
  readonly means: string
  /** Its value is a `${VARIABLE}` whose text decides what it means: rewriting it could change that. */
  readonly undecided: boolean
}

export interface ShadowFact {
  readonly key: string
  /** In words, such as `environment variable OPENCLAW_GATEWAY_TOKEN`. */
  readonly winner: string
  /** `…/openclaw.json:7`. */
  readonly loser: string
}

export type GatewayFact =
  /** `mode: "remote"`: another machine's. */
  | {
      readonly kind: 'remote'
      readonly url: string
      /** Why it does not answer; `null` when it does. */
      readonly silent: string | null
    }
  | {
      readonly kind: 'running'
      readonly pid: number | null
      readonly version: string | null
      /** Why its owner gets no answer; `null` when they do. */
      readonly silent: string | null
      /** Why it goes on by an older configuration; `null` when it does not, or does not say. */
      readonly notInForce: string | null
      /** `address:port` of it that does not answer `/readyz`, and why. */
      readonly deaf: readonly { readonly at: string; readonly why: string }[]
    }
  /** `killed`: it left what it said of itself, as after `kill -9` or a power cut. */
  | { readonly kind: 'stopped'; readonly killed: { readonly pid: number } | null }
  | { readonly kind: 'unknown'; readonly why: string }

export interface ListenerFact {
  readonly address: string
  readonly uid: number
  /** `null`: it belongs to somebody whose processes we may not look into. */
  readonly pid: number | null
  /** Name of the program alone, without its arguments. */
  readonly program: string | null
}

export interface LockFact {
  readonly path: string
  readonly state:
    | { readonly kind: 'free' }
    /** `pid`: of who holds it, where the kernel tells. */
    | { readonly kind: 'held'; readonly pid: number | null }
    /** Not an empty file of ours: it can never be locked. */
    | { readonly kind: 'unlockable'; readonly why: string }
}

export interface ClockFact {
  /** The newest moment that something here was written at, and what. */
  readonly newest: { readonly at: number; readonly what: string } | null
  /** With `--deep`: what the clock of a configured chat network's server said, and ours when it did. */
  readonly network: readonly {
    readonly host: string
    readonly theirs: number
    readonly ours: number
  }[]
}

export interface DiskFact {
  readonly freeBytes: number
  /** `null`: this file system counts none. */
  readonly freeFiles: number | null
}

export type StoreFact =
  | { readonly kind: 'absent' }
  | { readonly kind: 'whole' }
  /** Too large to be read through without `--deep`. */
  | { readonly kind: 'opens'; readonly bytes: number }
  | { readonly kind: 'bad'; readonly path: string; readonly what: string }

export type RecordFact =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'broken'; readonly what: string }

export interface LeftoverFact {
  readonly path: string
  readonly kind: 'temporary' | 'backup'
  /** Milliseconds since it was written. */
  readonly ageMs: number
}

export interface ServiceFact {
  /** Inside Docker, Podman or Kubernetes. */
  readonly container: boolean
  /** Units of systemd that run this program. */
  readonly units: readonly UnitFact[]
  /** Whether the user's units go on after they log out; `null`: nobody tells. */
  readonly lingers: boolean | null
}

export interface UnitFact {
  readonly path: string
  readonly scope: 'user' | 'system'
  /** Variables of ours with a secret in the unit itself (R46). */
  readonly secrets: readonly string[]
}
