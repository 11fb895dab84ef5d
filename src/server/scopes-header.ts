/** `x-openclaw-scopes: operator.read,operator.write`: what a caller declares; unknown names are dropped. */
import { knownScopes, type Scope } from '../access/scopes.ts'

/** `null` when the header is absent, `[]` when it is empty or names nothing known. */
export function parseScopes(header: string | undefined): readonly Scope[] | null {
  if (header === undefined) return null
  return knownScopes(header.split(',').map((name) => name.trim()))
}
