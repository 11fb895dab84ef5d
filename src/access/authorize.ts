/** Answers one question: may this caller do this? */
import { unreachable } from '../core/never.ts'
import { holds, type Scope } from './scopes.ts'
import type { Principal } from './types.ts'

export type Permission =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'forbidden'; readonly missing: Scope | 'role' }

const ALLOWED: Permission = { kind: 'allowed' }
const WRONG_ROLE: Permission = { kind: 'forbidden', missing: 'role' }

/** What an operation declares of its callers. */
export interface Demand {
  /** A scope; `principal`: anybody authenticated; `node`: nodes alone. */
  readonly requires: Scope | 'principal' | 'node'
  /** A web chat may do it too, with its own conversation. */
  readonly webchat: boolean
}

/** Scopes are an operator's: the other roles may do what names them, and nothing else (S0, SPEC 3). */
export function authorize({ role, scopes }: Principal, { requires, webchat }: Demand): Permission {
  if (requires === 'principal') return ALLOWED
  switch (role) {
    case 'operator':
      if (requires === 'node') return WRONG_ROLE
      return holds(scopes, requires) ? ALLOWED : { kind: 'forbidden', missing: requires }
    case 'node':
      return requires === 'node' ? ALLOWED : WRONG_ROLE
    case 'webchat':
      return webchat ? ALLOWED : WRONG_ROLE
    default:
      return unreachable(role)
  }
}
