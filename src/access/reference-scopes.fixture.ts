/** What an accepted caller may do on this request, read naively from SPEC 3. */
import type { Accepted } from './reference-types.fixture.ts'
import type { Scope } from './scopes.ts'
import type { Evidence } from './types.ts'

export function finalScopes(evidence: Evidence, accepted: Accepted): readonly Scope[] {
  const { transport, requestedScopes, scopesHeader } = evidence
  const identity = accepted.method === 'tailscale' || accepted.method === 'trusted-proxy'
  const capped = scopesHeader !== null && (transport === 'websocket' || identity)
  let scopes = accepted.granted
  if (capped) scopes = both(scopesHeader, scopes)
  if (transport === 'websocket') scopes = both(requestedScopes ?? [], scopes)
  return sorted(scopes)
}

/** Those of `wanted` that are granted; asking for more than that asks for nothing in its place. */
function both(wanted: readonly Scope[], granted: readonly Scope[]): readonly Scope[] {
  const kept: Scope[] = []
  for (const scope of wanted) if (has(granted, scope)) kept.push(scope)
  return kept
}

/** Admin has all, write has read. */
export function has(granted: readonly Scope[], scope: Scope): boolean {
  for (const one of granted) {
    if (one === scope) return true
    if (one === 'operator.admin') return true
    if (one === 'operator.write' && scope === 'operator.read') return true
  }
  return false
}

export function sorted(scopes: readonly Scope[]): readonly Scope[] {
  return [...new Set(scopes)].sort()
}
