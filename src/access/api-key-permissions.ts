/** What the permissions of an API key allow (S2, SPEC 2.7). */
import type { Scope } from './scopes.ts'

const SCOPE_OF = new Map<string, Scope>([
  ['read', 'operator.read'],
  ['write', 'operator.write'],
  ['execute-actions', 'operator.tools'],
])

export const API_KEY_PERMISSIONS: readonly string[] = [...SCOPE_OF.keys()]

/** Exact names only: anything else, blank ones too, grants nothing (R14). */
export function scopesOfPermissions(permissions: readonly string[]): {
  readonly scopes: readonly Scope[]
  readonly unknown: readonly string[]
} {
  const granted = permissions.flatMap((name) => SCOPE_OF.get(name) ?? [])
  return {
    scopes: [...new Set(granted)],
    unknown: permissions.filter((name) => !SCOPE_OF.has(name)),
  }
}
