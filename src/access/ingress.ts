/**
 * Where a presented credential counts at all (SPEC 2.2, last lines).
 *
 * In trusted-proxy mode the password is for internal callers on this host, and everything else must come
 * through the proxy or from here; under Tailscale `require` only beside a verified identity or from here.
 * A credential shown elsewhere is not compared, so right and wrong ones look alike.
 */
import type { Reason } from './reasons.ts'
import { refuseSource } from './methods/trusted-proxy.ts'
import { tailscale } from './methods/tailscale.ts'
import type { Scene } from './methods/types.ts'
import type { Credential } from './types.ts'

export type Ingress =
  | { readonly kind: 'open' }
  | { readonly kind: 'shut'; readonly reason: Reason }
  | { readonly kind: 'need'; readonly fact: 'peerOwner' | 'tailnet' }

const OPEN: Ingress = { kind: 'open' }
const NEED_OWNER: Ingress = { kind: 'need', fact: 'peerOwner' }

/** Whether a credential of this class may be compared, coming the way it came. */
export function ingressFor(cls: Credential['class'], scene: Scene): Ingress {
  const { policy } = scene.access
  if (policy.mode !== 'trusted-proxy' && policy.tailscale !== 'require') return OPEN
  if (scene.local === 'yes') return OPEN

  const proxy = policy.mode === 'trusted-proxy' ? throughProxy(cls, scene) : OPEN
  if (proxy.kind !== 'open') return scene.local === 'unknown' ? NEED_OWNER : proxy
  return policy.tailscale === 'require' ? besideTailscale(scene) : OPEN
}

function throughProxy(cls: Credential['class'], { evidence, access }: Scene): Ingress {
  if (cls === 'shared') return { kind: 'shut', reason: 'shared_secret_not_here' }
  return refuseSource(evidence, access.policy) === null
    ? OPEN
    : { kind: 'shut', reason: 'proxy_required' }
}

function besideTailscale(scene: Scene): Ingress {
  if (scene.local === 'unknown') return NEED_OWNER
  const verdict = tailscale.verify(scene)
  if (verdict.kind === 'need') return verdict
  return verdict.kind === 'accept' ? OPEN : { kind: 'shut', reason: 'tailscale_required' }
}
