/** Answers one question: may this caller do this? */
import { holds, type Scope } from './scopes.ts'
import type { Principal } from './types.ts'

export type Permission =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'forbidden'; readonly missing: Scope | 'role' }

const ALLOWED: Permission = { kind: 'allowed' }

/** `requires`: the scope an operation declares, or `principal` for anybody authenticated. */
export function authorize(principal: Principal, requires: Scope | 'principal'): Permission {
  if (principal.role !== 'operator') return { kind: 'forbidden', missing: 'role' }
  if (requires === 'principal' || holds(principal.scopes, requires)) return ALLOWED
  return { kind: 'forbidden', missing: requires }
}
