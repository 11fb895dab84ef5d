/** The configuration as the decision core wants it: frozen values, made anew at each reload. */
import { unreachable } from '../core/never.ts'
import { AddressList } from '../core/address.ts'
import { canonicalOrigin } from '../access/origin.ts'
import { knownScopes, type Scope } from '../access/scopes.ts'
import type { AccessPolicy, LiveSecret } from '../access/types.ts'
import type { Config } from '../config/schema.ts'
import type { NetworkPolicy } from '../server/evidence.ts'
import { SINGLE_HEADERS } from '../server/strict-http.ts'

/** What is not in the configuration. */
export interface HostFacts {
  readonly ownUid: number
  readonly tailscaledUids: readonly number[]
  readonly socketOwners: boolean
  /** This node's own *.ts.net names. */
  readonly tailnetNames: readonly string[]
  isOwnInterface(address: string): boolean
}

/** What the start rules made of mode and locality (SPEC 2.2, 2.3). */
export interface EffectiveMode {
  readonly mode: AccessPolicy['mode']
  readonly allowLocalDirect: boolean
}

export function accessPolicy(
  config: Config,
  effective: EffectiveMode,
  host: HostFacts,
): AccessPolicy {
  const { auth, controlUi, tailscale } = config.gateway
  return Object.freeze({
    ...effective,
    secrets: liveSecrets(auth, effective.mode),
    exemptLoopback: auth.rateLimit.exemptLoopback,
    trustedProxy: {
      allowUsers: new Set(auth.trustedProxy.allowUsers),
      allowLoopback: auth.trustedProxy.allowLoopback,
    },
    tailscale: auth.tailscale,
    tailscaleListenerOnly: tailscale.mode !== 'off',
    identityScopes: auth.identityScopes === undefined ? null : identityScopes(auth.identityScopes),
    apiKeysEnabled: config.security.apiKeys.enabled,
    pairing: {
      required: config.security.pairingRequired,
      autoApprove: config.security.autoApprove,
    },
    origins: {
      allowed: new Set(controlUi.allowedOrigins.flatMap((origin) => canonicalOrigin(origin) ?? [])),
      any: controlUi.allowedOrigins.includes('*'),
      hostHeaderFallback: controlUi.dangerouslyAllowHostHeaderOriginFallback,
      tailnetNames: new Set(host.tailnetNames),
    },
    ownUid: host.ownUid,
    tailscaledUids: host.tailscaledUids,
    socketOwners: host.socketOwners,
  })
}

/** The secrets that the mode accepts; the others are configured and dead. */
function liveSecrets(
  { token, tokenSecondary, password }: Config['gateway']['auth'],
  mode: AccessPolicy['mode'],
): readonly LiveSecret[] {
  switch (mode) {
    case 'token': {
      const primary: LiveSecret[] =
        token === undefined ? [] : [{ method: 'token', slot: 'primary', secret: token }]
      return tokenSecondary === undefined
        ? primary
        : [...primary, { method: 'token', slot: 'secondary', secret: tokenSecondary }]
    }
    case 'password':
    case 'trusted-proxy':
      return password === undefined
        ? []
        : [{ method: 'password', slot: 'primary', secret: password }]
    case 'none':
      return []
    default:
      return unreachable(mode)
  }
}

function identityScopes(
  entries: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, readonly Scope[]> {
  return new Map(Object.entries(entries).map(([user, scopes]) => [user, knownScopes(scopes)]))
}

export function networkPolicy(
  config: Config,
  policy: AccessPolicy,
  host: HostFacts,
): NetworkPolicy {
  const { trustedProxy } = config.gateway.auth
  const trusted = new AddressList(config.gateway.trustedProxies)
  const userHeader = trustedProxy.userHeader ?? null
  const named = [userHeader, trustedProxy.jwt?.header].filter(
    (name) => name !== null && name !== undefined,
  )
  return Object.freeze({
    isTrusted: (address: string) => trusted.has(address),
    isOwnInterface: (address: string) => host.isOwnInterface(address),
    userHeader,
    requiredHeaders: trustedProxy.requiredHeaders,
    identityHeaders: new Set([...named, ...trustedProxy.requiredHeaders]),
    singleHeaders: new Set([...SINGLE_HEADERS, ...named]),
    passwordLive: policy.secrets.some(({ method }) => method === 'password'),
  })
}
