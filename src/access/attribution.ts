/**
 * Whom a request is counted against.
 *
 * Behind Tailscale Serve everybody has the peer address of tailscaled, so its forwarded address is
 * believed, but only once the kernel says that the socket is tailscaled's: else any local process
 * could choose whose bucket its guesses fill (SPEC 2.6).
 */
import type { AccessPolicy, Evidence, Facts } from './types.ts'

export type Attribution =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'need'; readonly fact: 'peerOwner' }

/** `need`: only the owner of the socket can tell whether the forwarded address is to be believed. */
export function attribute(evidence: Evidence, facts: Facts, policy: AccessPolicy): Attribution {
  const direct: Attribution = { kind: 'address', address: evidence.clientAddress }
  if (policy.tailscale === 'disabled' && !policy.tailscaleListenerOnly) return direct

  const { claims, peer } = evidence
  // Without a login, too: Serve names none for a tagged device.
  const throughServe = peer.loopback && claims.serveHeaders
  if (!throughServe || claims.forwardedAddress === null) return direct
  if (policy.tailscaleListenerOnly && evidence.listener !== 'tailscale') return direct
  if (!policy.socketOwners) return direct
  if (facts.peerOwner === undefined) return { kind: 'need', fact: 'peerOwner' }

  const daemon =
    facts.peerOwner.kind === 'uid' && policy.tailscaledUids.includes(facts.peerOwner.uid)
  return daemon ? { kind: 'address', address: claims.forwardedAddress } : direct
}
