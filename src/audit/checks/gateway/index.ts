/** Checks of how the gateway is reached and whom it lets in (SPEC 9, `gateway.*`). */
import type { Check } from '../../types.ts'
import { authNoRateLimit } from './auth-no-rate-limit.ts'
import { autoApprove } from './auto-approve.ts'
import { bindNoAuth } from './bind-no-auth.ts'
import { controlUiAnyOrigin } from './control-ui-any-origin.ts'
import { controlUiHostHeader } from './control-ui-host-header.ts'
import { controlUiNoOrigins } from './control-ui-no-origins.ts'
import { envShadowsConfig } from './env-shadows-config.ts'
import { hsts } from './hsts.ts'
import { httpNoAuth } from './http-no-auth.ts'
import { identityScopesUnused } from './identity-scopes-unused.ts'
import { loopbackNoAuth } from './loopback-no-auth.ts'
import { noTlsExposed } from './no-tls-exposed.ts'
import { pairingOff } from './pairing-off.ts'
import { passwordTooShort } from './password-too-short.ts'
import { rotationStale } from './rotation-stale.ts'
import { sameValue } from './same-value.ts'
import { tailnetUsersAreAdmins } from './tailnet-users-are-admins.ts'
import { tailscaleFunnel } from './tailscale-funnel.ts'
import { tokenPlaceholder } from './token-placeholder.ts'
import { tokenTooShort } from './token-too-short.ts'
import { trustedProxiesWide } from './trusted-proxies-wide.ts'
import { trustedProxyAllowLoopback } from './trusted-proxy-allow-loopback.ts'
import { trustedProxyAuth } from './trusted-proxy-auth.ts'
import { trustedProxyNoAllowlist } from './trusted-proxy-no-allowlist.ts'
import { trustedProxyNoProxies } from './trusted-proxy-no-proxies.ts'
import { trustedProxyNoUserHeader } from './trusted-proxy-no-user-header.ts'
import { trustedProxyUsersAreAdmins } from './trusted-proxy-users-are-admins.ts'

export const GATEWAY: readonly Check[] = [
  bindNoAuth,
  loopbackNoAuth,
  httpNoAuth,
  tokenPlaceholder,
  tokenTooShort,
  passwordTooShort,
  sameValue,
  envShadowsConfig,
  rotationStale,
  authNoRateLimit,
  trustedProxyAuth,
  trustedProxyNoProxies,
  trustedProxyNoUserHeader,
  trustedProxyNoAllowlist,
  trustedProxyAllowLoopback,
  trustedProxyUsersAreAdmins,
  trustedProxiesWide,
  identityScopesUnused,
  tailscaleFunnel,
  tailnetUsersAreAdmins,
  controlUiAnyOrigin,
  controlUiHostHeader,
  controlUiNoOrigins,
  noTlsExposed,
  hsts,
  pairingOff,
  autoApprove,
]
