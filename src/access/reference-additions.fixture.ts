/** What a caller can add to any request without having earned anything: none of it may ever help. */
import * as fc from 'fast-check'
import { WRONG } from './reference-credential-pool.fixture.ts'
import { TAILSCALED_UID } from './reference-scene.fixture.ts'
import type { Scene } from './reference-scene.fixture.ts'
import type { Scope } from './scopes.ts'

/** A wrong string in front of, between or behind the others. */
export function withWrong(scene: Scene, wrong: (typeof WRONG)[number], at: number): Scene {
  const others = scene.credentials.filter((name) => name !== wrong)
  return { ...scene, credentials: others.toSpliced(at % (others.length + 1), 0, wrong) }
}
export function without(scene: Scene, wrong: (typeof WRONG)[number]): Scene {
  return { ...scene, credentials: scene.credentials.filter((name) => name !== wrong) }
}
export const anyWrong = fc.constantFrom(...WRONG)

/** Names as SPEC 2.1 lists them, one of each family. */
const FORWARDING = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-anything',
  'x-real-ip',
  'tailscale-user-login',
  'tailscale-funnel-request',
  'cf-connecting-ip',
  'cdn-loop',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-original-host',
  'x-amzn-oidc-identity',
  'via',
] as const
const HEADERS = [...FORWARDING, 'the user header', 'what Serve sends'] as const
export const anyHeader = fc.constantFrom(...HEADERS)

/** A header that nobody we trust has set: identity headers only from where nobody may set them. */
export function withHeader(scene: Scene, header: string): Scene | null {
  switch (header) {
    case 'the user header':
      return trusts(scene) ? null : { ...scene, user: 'nick@example.com' }
    case 'what Serve sends':
      if (believesTailscaled(scene)) return null
      return {
        ...scene,
        login: 'alice@example.com',
        tailnet: 'alice@example.com',
        serveHeaders: true,
        forwardedAddress: '192.0.2.77',
      }
    case 'tailscale-funnel-request':
      return { ...scene, funnel: true }
    default:
      return { ...scene, forwarding: [...scene.forwarding, header] }
  }
}

function trusts({ peer, listener }: Scene): boolean {
  return (listener === 'tcp' || listener === 'bridge') && peer.startsWith('proxy')
}
function believesTailscaled({ listener, socketOwners, owner }: Scene): boolean {
  if (listener === 'owner' || !socketOwners) return false
  return owner === 0 || owner === TAILSCALED_UID
}

/** What the browser adds for a page that is not ours. */
export const anyForeignPage: fc.Arbitrary<Partial<Scene>> = fc.constantFrom(
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://localhost:1' },
  { origin: 'http://localhost.evil.example:18789' },
  { origin: 'https://evil.example', site: 'cross-site' },
  { site: 'cross-site' },
  { site: 'same-site' },
  { site: 'whatever comes next' },
)

export const anyScope = fc.constantFrom<Scope>(
  'operator.read',
  'operator.write',
  'operator.tools',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
)
