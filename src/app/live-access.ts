/** What the gateway judges by now. A reload makes a new one and swaps it in whole. */
import type { Access } from '../access/types.ts'
import type { Loaded } from '../config/load.ts'
import { problemText } from '../config/problem.ts'
import type { StartRules } from '../config/start-rules.ts'
import type { NetworkPolicy } from '../server/evidence.ts'
import { configWarnings } from './config-warnings.ts'
import { accessPolicy, networkPolicy, type HostFacts } from './access-policy.ts'
import type { Current } from './ports.ts'

interface Made {
  readonly access: Access
  readonly network: NetworkPolicy
  readonly current: Current
}

export class LiveAccess {
  readonly #parts: Omit<Access, 'policy'>
  readonly #host: HostFacts
  #access: Access
  #network: NetworkPolicy
  #current: Current
  #generation = 0

  constructor(
    parts: Omit<Access, 'policy'>,
    host: HostFacts,
    start: { readonly loaded: Loaded; readonly rules: StartRules },
  ) {
    this.#parts = parts
    this.#host = host
    const made = this.#make(start.loaded, start.rules)
    this.#access = made.access
    this.#network = made.network
    this.#current = made.current
  }

  readonly access = (): Access => this.#access
  readonly network = (): NetworkPolicy => this.#network
  readonly current = (): Current => this.#current
  /** How often the rules were swapped. */
  readonly generation = (): number => this.#generation

  /** What it would judge by with another configuration. */
  candidate(loaded: Loaded, rules: StartRules): Pick<Made, 'access' | 'network'> {
    return this.#make(loaded, rules)
  }

  apply(loaded: Loaded, rules: StartRules): void {
    const made = this.#make(loaded, rules)
    this.#access = made.access
    this.#network = made.network
    this.#current = made.current
    this.#generation += 1
  }

  #make(loaded: Loaded, rules: StartRules): Made {
    const policy = accessPolicy(
      loaded.config,
      { mode: rules.mode, allowLocalDirect: rules.allowLocalDirect },
      this.#host,
    )
    const warnings = configWarnings(loaded, rules).map(problemText)
    return {
      access: { ...this.#parts, policy },
      network: networkPolicy(loaded.config, policy, this.#host),
      current: { loaded, mode: rules.mode, allowLocalDirect: rules.allowLocalDirect, warnings },
    }
  }
}
