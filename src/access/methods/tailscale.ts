/** A person on the tailnet, as Tailscale Serve names them and tailscaled confirms (SPEC 2.6). */
import { unreachable } from '../../core/never.ts'
import { ABSTAIN, accept, reject, type AmbientMethod, type Scene } from './types.ts'
import { userPrincipal } from './identity-scopes.ts'
import type { Reason } from '../reasons.ts'
import type { Verdict } from '../types.ts'

export const tailscale: AmbientMethod = {
  name: 'tailscale',
  class: 'tailscale',
  verify(scene) {
    const { evidence, facts, access } = scene
    const { claims } = evidence
    if (access.policy.tailscale === 'disabled') return ABSTAIN
    if (!claimsTailscale(scene)) return withoutIdentity(scene)

    const refusal = refuseClaims(scene)
    if (refusal !== null) return reject(refusal)
    if (!access.policy.socketOwners) return reject('tailscale_peer_untrusted')
    if (facts.peerOwner === undefined) return { kind: 'need', fact: 'peerOwner' }
    if (
      facts.peerOwner.kind !== 'uid' ||
      !access.policy.tailscaledUids.includes(facts.peerOwner.uid)
    ) {
      return reject('tailscale_peer_untrusted')
    }
    if (facts.tailnet === undefined) return { kind: 'need', fact: 'tailnet' }
    return compare(claims.tailscaleLogin, scene, facts.tailnet)
  },
}

/** Where it is required, whoever comes from elsewhere without one is told so, and not to send a credential (R43). */
function withoutIdentity({ access, local }: Scene): Verdict {
  if (access.policy.tailscale !== 'require' || local !== 'no') return ABSTAIN
  return reject('tailscale_required')
}

function claimsTailscale({ evidence: { claims } }: Scene): boolean {
  return claims.tailscaleLogin !== '' || claims.tailscaleFunnel
}

/** What the headers alone can settle; the order is from the most to the least telling. */
function refuseClaims({ evidence, access }: Scene): Reason | null {
  if (evidence.claims.tailscaleFunnel) return 'tailscale_funnel'
  if (!evidence.peer.loopback) return 'tailscale_peer_untrusted'
  if (access.policy.tailscaleListenerOnly && evidence.listener !== 'tailscale')
    return 'tailscale_peer_untrusted'
  if (!evidence.claims.serveHeaders || evidence.claims.forwardedAddress === null)
    return 'tailscale_headers_missing'
  return null
}

function compare(
  login: string,
  { access }: Scene,
  answer: NonNullable<Scene['facts']['tailnet']>,
): Verdict {
  switch (answer.kind) {
    case 'unavailable':
      return reject('tailscale_unavailable', answer.detail)
    case 'unknown-address':
      return reject('tailscale_address_unknown')
    case 'user':
      if (answer.login !== login) return reject('tailscale_identity_mismatch')
      return accept(userPrincipal(login, answer.displayName, access.policy))
    default:
      return unreachable(answer)
  }
}
