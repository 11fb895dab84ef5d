/** Is this the owner, on this host, with nobody in between? (SPEC 2.3) */
import { sameOrigin, siteIsOurs } from './origin.ts'
import type { AccessPolicy, Evidence, Facts } from './types.ts'

export type Locality = 'yes' | 'no' | 'unknown'

const LOCAL_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])

/** `unknown` when all that the request shows speaks for it and only the kernel's table can tell whose socket it is. */
export function locality(evidence: Evidence, facts: Facts, policy: AccessPolicy): Locality {
  if (evidence.listener === 'owner') return 'yes'
  if (evidence.listener !== 'tcp' || !evidence.peer.loopback) return 'no'
  if (evidence.forwarding.length > 0 || !LOCAL_NAMES.has(evidence.host.name)) return 'no'
  if (!siteIsOurs(evidence.browser.site)) return 'no'
  if (evidence.browser.origin !== null && !sameOrigin(evidence)) return 'no'
  if (!policy.socketOwners) return 'yes'
  if (facts.peerOwner === undefined) return 'unknown'
  return facts.peerOwner.kind === 'uid' && facts.peerOwner.uid === policy.ownUid ? 'yes' : 'no'
}
