/** What an accepted caller may do on this request, read naively from SPEC 3. */
import type { Accepted } from './reference.fixture.ts'
import type { Scope } from './scopes.ts'
import type { Evidence } from './types.ts'

export function finalScopes(evidence: Evidence, accepted: Accepted): readonly Scope[] {
  let scopes = accepted.granted
  if (evidence.transport === 'websocket') {
    scopes = both(scopes, evidence.requestedScopes ?? [])
    if (evidence.scopesHeader !== null) scopes = both(scopes, evidence.scopesHeader)
    return sorted(scopes)
  }
  const identity = accepted.method === 'tailscale' || accepted.method === 'trusted-proxy'
  if (identity && evidence.scopesHeader !== null) scopes = both(scopes, evidence.scopesHeader)
  return sorted(scopes)
}

/** Those of `wanted` that `granted` has: admin has all, write has read. */
function both(granted: readonly Scope[], wanted: readonly Scope[]): readonly Scope[] {
  const kept: Scope[] = []
  for (const scope of wanted) if (has(granted, scope)) kept.push(scope)
  return kept
}

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
