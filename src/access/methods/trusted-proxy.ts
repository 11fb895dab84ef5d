/** A person whom our reverse proxy has authenticated (S4). The checks stand in S4's order. */
import type { Reason } from '../reasons.ts'
import type { Evidence, AccessPolicy } from '../types.ts'
import { userPrincipal } from './identity-scopes.ts'
import { ABSTAIN, accept, reject, type AmbientMethod } from './types.ts'

export const trustedProxy: AmbientMethod = {
  name: 'trusted-proxy',
  class: 'proxy',
  verify({ evidence, access: { policy } }) {
    if (policy.mode !== 'trusted-proxy' || policy.trustedProxy === null) return ABSTAIN
    // Every remote request needs a tailnet identity then, and a proxy's is none (SPEC 2.6).
    if (policy.tailscale === 'require') return ABSTAIN

    const source = refuseSource(evidence, policy)
    if (source !== null) return reject(source)

    const { missingHeaders, proxyUser } = evidence.claims
    const [missing] = missingHeaders
    if (missing !== undefined) return reject('trusted_proxy_missing_header', missing)
    if (proxyUser === '') return reject('trusted_proxy_user_missing')

    const { allowUsers } = policy.trustedProxy
    if (allowUsers.size > 0 && !allowUsers.has(proxyUser))
      return reject('trusted_proxy_user_not_allowed')
    return accept(userPrincipal(proxyUser, proxyUser, policy))
  },
}

/** Why the peer is no proxy of ours; `null` when it is. */
export function refuseSource(
  { peer }: Evidence,
  { trustedProxy: proxy }: AccessPolicy,
): Reason | null {
  if (!peer.trusted) return 'trusted_proxy_untrusted_source'
  if (peer.loopback && proxy?.allowLoopback !== true) return 'trusted_proxy_loopback_source'
  if (peer.ownInterface) return 'trusted_proxy_local_interface_source'
  return null
}
