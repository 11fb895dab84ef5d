/** What becomes of a user whom a trusted proxy names. */
import type { Decided } from '../../decided.ts'
import type { AuditFacts } from '../../types.ts'
import { identityHeaders, proxyPeers } from '../../ways-in.ts'

/** `null`: from none of the trusted addresses does that user come in. */
export function throughProxy(
  { config, decide }: AuditFacts,
  user: string,
): Extract<Decided, { kind: 'allowed' }> | null {
  const headers = ['Host: claw.example.com', ...identityHeaders(config, user)]
  for (const peer of proxyPeers(config.gateway.trustedProxies)) {
    const decided = decide({ peer, headers })
    if (decided.kind === 'allowed') return decided
  }
  return null
}
