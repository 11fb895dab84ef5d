/** The words that the parts of the naive reference share: what is asked, and who was accepted. */
import type { Scope } from './scopes.ts'
import type { Access, Evidence, Facts, MethodName, PrincipalKind, Role } from './types.ts'

/** One request with everything that could be looked up, looked up. */
export interface Asked {
  readonly evidence: Evidence
  readonly facts: Facts
  readonly access: Access
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** One accepted caller, before scopes are narrowed. */
export interface Accepted {
  readonly method: MethodName
  readonly kind: PrincipalKind
  readonly id: string
  readonly role: Role
  readonly granted: readonly Scope[]
}
