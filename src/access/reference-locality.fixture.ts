/** Who is on this host, and against whom a guess counts, read naively from SPEC 2.3, 2.4 and 2.6. */
import { isSameOrigin } from './reference-origin.fixture.ts'
import type { Asked } from './reference-types.fixture.ts'
import type { GuessAccount } from './types.ts'

export function isLocalDirect(asked: Asked): boolean {
  const { evidence, access } = asked
  if (evidence.listener === 'owner') return true
  if (evidence.listener === 'tailscale' || evidence.listener === 'bridge') return false
  if (!evidence.peer.loopback) return false
  if (!['localhost', '127.0.0.1', '::1'].includes(evidence.host.name)) return false
  if (evidence.forwarding.length > 0) return false
  if (evidence.browser.origin !== null && !isSameOrigin(evidence)) return false
  if (![null, 'same-origin', 'none'].includes(evidence.browser.site)) return false
  if (access.policy.socketOwners) return ownedBy(asked, [access.policy.ownUid])
  return true
}

/** The row of the peer's socket is there and belongs to one of `uids`. */
export function ownedBy(asked: Asked, uids: readonly number[]): boolean {
  const owner = asked.facts.peerOwner
  if (owner === undefined || owner.kind === 'none') return false
  return uids.includes(owner.uid)
}

export function guessAccount(asked: Asked): GuessAccount {
  if (!asked.access.policy.exemptLoopback) return 'address'
  if (asked.evidence.browser.origin !== null) return 'address'
  return isLocalDirect(asked) ? 'loopback' : 'address'
}

/** Behind Tailscale Serve everybody comes from loopback: the forwarded address keys the locks. */
export function countedAddress(asked: Asked): string {
  const { evidence, access } = asked
  const inUse = access.policy.tailscale !== 'disabled' || access.policy.tailscaleListenerOnly
  if (!inUse) return evidence.clientAddress
  if (!fromTailscaled(asked)) return evidence.clientAddress
  if (!evidence.claims.serveHeaders) return evidence.clientAddress
  return evidence.claims.forwardedAddress ?? evidence.clientAddress
}

/** A loopback peer whose socket is known to be root's or tailscaled's, on the listener that Serve was given. */
export function fromTailscaled(asked: Asked): boolean {
  const { evidence, access } = asked
  if (access.policy.tailscaleListenerOnly && evidence.listener !== 'tailscale') return false
  if (evidence.listener === 'owner') return false
  if (!evidence.peer.loopback) return false
  if (!access.policy.socketOwners) return false
  return ownedBy(asked, access.policy.tailscaledUids)
}
