/** Tailscale and trusted-proxy users, read naively from SPEC 2.5, 2.6 and 3. */
import { countedAddress, fromTailscaled } from './reference-locality.fixture.ts'
import type { Accepted, Asked } from './reference-types.fixture.ts'
import type { Scope } from './scopes.ts'
import type { TailnetAnswer } from './types.ts'

/** `failed` is counted, `refused` names nobody and is not. */
export type Identity =
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'held'; readonly accepted: Accepted | null }
  | { readonly kind: 'proven'; readonly accepted: Accepted }

const REFUSED: Identity = { kind: 'refused' }

export function tailscaleIdentity(asked: Asked): Identity {
  const { evidence, facts, access } = asked
  if (access.policy.tailscale === 'disabled') return REFUSED
  if (evidence.claims.tailscaleLogin === '') return REFUSED
  if (evidence.claims.tailscaleFunnel) return REFUSED
  if (!fromTailscaled(asked)) return REFUSED
  if (!evidence.claims.serveHeaders) return REFUSED
  if (evidence.claims.forwardedAddress === null) return REFUSED
  if (facts.tailnet === undefined) return REFUSED
  const answer = whois(evidence.claims.tailscaleLogin, facts.tailnet, asked)
  if (access.limits.heldForMs(countedAddress(asked), 'tailscale', false) === 0) return answer
  return { kind: 'held', accepted: answer.kind === 'proven' ? answer.accepted : null }
}

function whois(login: string, tailnet: TailnetAnswer, asked: Asked): Identity {
  if (tailnet.kind === 'unavailable') return REFUSED
  if (tailnet.kind === 'unknown-address') return { kind: 'failed' }
  if (tailnet.login !== login) return { kind: 'failed' }
  const granted = scopesOfUser(login, asked)
  return {
    kind: 'proven',
    accepted: { method: 'tailscale', kind: 'user', id: login, role: 'operator', granted },
  }
}

/** The first three rules of 2.5: whether the peer is a proxy of ours at all. */
export function throughTrustedProxy(asked: Asked): boolean {
  const { peer } = asked.evidence
  if (!peer.trusted) return false
  if (peer.loopback && asked.access.policy.trustedProxy?.allowLoopback !== true) return false
  return !peer.ownInterface
}

export function proxyIdentity(asked: Asked): Identity {
  const { evidence, access } = asked
  const { trustedProxy } = access.policy
  if (trustedProxy === null) return REFUSED
  if (!throughTrustedProxy(asked)) return REFUSED
  if (evidence.claims.missingHeaders.length > 0) return REFUSED
  if (evidence.claims.proxyUser === '') return REFUSED
  if (access.limits.heldForMs(countedAddress(asked), 'proxy', false) > 0)
    return { kind: 'held', accepted: null }
  const id = evidence.claims.proxyUser
  if (trustedProxy.allowUsers.size > 0 && ![...trustedProxy.allowUsers].includes(id))
    return { kind: 'failed' }
  const granted = scopesOfUser(id, asked)
  return {
    kind: 'proven',
    accepted: { method: 'trusted-proxy', kind: 'user', id, role: 'operator', granted },
  }
}

/** S4's default set for everybody, or, once identityScopes is set, the user's entry, else read and write. */
function scopesOfUser(id: string, asked: Asked): readonly Scope[] {
  const { identityScopes } = asked.access.policy
  if (identityScopes === null)
    return [
      'operator.read',
      'operator.write',
      'operator.tools',
      'operator.approvals',
      'operator.pairing',
      'operator.admin',
    ]
  for (const [user, scopes] of identityScopes) if (user === id) return scopes
  return ['operator.read', 'operator.write']
}
