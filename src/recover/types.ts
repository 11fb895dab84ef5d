/** What a step of `openclaw recover` is: one part of the state dir, what may be wrong with it, and how that is mended. */
import type { LoadRequest } from '../config/gather.ts'
import type { Config } from '../config/schema.ts'
import type { ClassedSecret } from '../config/trust-classes.ts'
import type { Clock } from '../core/clock.ts'
import type { ApiKeysFileOptions } from '../storage/api-keys-file.ts'
import type { Aside } from './aside.ts'
import type { StoreLook } from './store-copy.ts'

/** The state dir as all steps see it. */
export interface Place {
  readonly stateDir: string
  /** As a start without flags would load it. */
  readonly request: LoadRequest
  /** Of this process; `null` where there are none. */
  readonly uid: number | null
  readonly aside: Aside
  readonly clock: Clock
  /** The rules by which the gateway reads the API key file. */
  readonly keyRules: Omit<ApiKeysFileOptions, 'path' | 'strict'>
  /** API keys that have the value of a configured secret. */
  readonly sharedWithKeys: (config: Config) => Promise<readonly ClassedSecret[]>
  /** What was made anew: `gateway.auth.token`, `fingerprint.key`. */
  readonly made: Set<string>
  readonly store: StoreLook
}

export type Fault =
  | {
      readonly kind: 'repairable'
      /** What is wrong, and where. Holds no secret. */
      readonly what: string
      /** What is done about it: `moved aside`. */
      readonly remedy: string
      /** What `--dry-run` says in its place, after "would": `make a new one`. */
      readonly would?: string
      /** What the owner should do afterwards. */
      readonly next: string | null
      /** A second time does nothing. Resolves to what more there is to say; rejects when it could not be done. */
      readonly repair: () => Promise<string | null>
    }
  /** Wrong, and not in the state dir: `next` says who can mend it. */
  | { readonly kind: 'elsewhere'; readonly what: string; readonly next: string }
  /** Nothing that keeps the owner out, but worth knowing. */
  | { readonly kind: 'hint'; readonly what: string; readonly next: string | null }

export interface Step {
  /** One word: `config`. In the record its repairs are `recover.config`. */
  readonly name: string
  /** Changes nothing. */
  readonly examine: (place: Place) => Promise<readonly Fault[]>
}

/** What is told while it happens. */
export type Told =
  | {
      readonly kind: 'repaired'
      readonly step: string
      readonly what: string
      readonly remedy: string
      /** Where it was moved, relative to the state dir. */
      readonly aside: readonly string[]
      readonly next: string | null
    }
  /** Nothing is changed: `--dry-run`, or a gateway runs. */
  | {
      readonly kind: 'found'
      readonly step: string
      readonly what: string
      /** What would be done, after "would"; `null` while a gateway runs. */
      readonly would: string | null
      readonly next: string | null
    }
  /** Wrong, and still so. */
  | {
      readonly kind: 'left'
      readonly step: string
      readonly what: string
      readonly next: string
    }
  | {
      readonly kind: 'hint'
      readonly step: string
      readonly what: string
      readonly next: string | null
    }
