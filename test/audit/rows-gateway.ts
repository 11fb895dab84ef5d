/** States for the checks of the family `gateway`. */
import { TOKEN } from '../gateway.ts'
import type { CheckRow } from './scene.fixture.ts'

const auth = { mode: 'token', token: TOKEN }
const DAY_MS = 86_400_000
const USER = 'alice@example.com'

/** A gateway behind a proxy on another host, as careful as it can be. */
function proxied(
  trustedProxy: object = {},
  { auth: more = {}, ...gateway }: Readonly<Record<string, unknown>> & { auth?: object } = {},
): object {
  return {
    gateway: {
      bind: 'lan',
      trustedProxies: ['10.7.0.9'],
      controlUi: { allowedOrigins: ['https://claw.example.com'] },
      ...gateway,
      auth: {
        mode: 'trusted-proxy',
        identityScopes: { [USER]: ['operator.admin'] },
        trustedProxy: { userHeader: 'x-forwarded-user', allowUsers: [USER], ...trustedProxy },
        ...more,
      },
    },
  }
}

const tailnet = { ...auth, tailscale: 'enabled' }

export const GATEWAY_ROWS: Readonly<Record<string, CheckRow>> = {
  'gateway.bind_no_auth': {
    wrong: { config: { gateway: { bind: 'lan', auth: { mode: 'none' } } } },
    right: { config: { gateway: { bind: 'lan', auth } } },
    says: /does not start/,
  },
  'gateway.loopback_no_auth': {
    wrong: { config: { gateway: { auth: { mode: 'none' } } } },
    right: { config: { gateway: { auth } } },
    says: /is owner:owner/,
  },
  'gateway.http.no_auth': {
    wrong: { config: { gateway: { auth: { mode: 'none' } } } },
    right: { config: { gateway: { auth } } },
    says: /tools.invoke/,
  },
  'gateway.token_placeholder_value': {
    wrong: { config: { gateway: { auth: { token: 'changeme' } } } },
    right: { config: { gateway: { auth } } },
    says: /gateway.auth.token is a placeholder/,
  },
  'gateway.token_too_short': {
    wrong: { config: { gateway: { auth: { token: 'sesame-open-please' } } } },
    right: { config: { gateway: { auth } } },
    says: /18 characters/,
  },
  'gateway.password_too_short': {
    wrong: { config: { gateway: { auth: { password: 'sesame' } } } },
    right: { config: { gateway: { auth: { password: 'sesame-open-please' } } } },
    says: /6 characters/,
  },
  'gateway.same_value': {
    wrong: {
      config: {
        gateway: { auth },
        channels: { telegram: { token: '1:x', webhookSecret: TOKEN } },
      },
    },
    right: {
      config: {
        gateway: { auth },
        channels: { telegram: { token: '1:x', webhookSecret: 'deadbeef'.repeat(8) } },
      },
    },
    says: /same value/,
  },
  'gateway.env_token_shadows_config': {
    wrong: { config: { gateway: { auth } }, env: { OPENCLAW_GATEWAY_TOKEN: 'f00d'.repeat(16) } },
    right: { config: { gateway: { auth } }, env: { OPENCLAW_GATEWAY_TOKEN: TOKEN } },
    says: /environment variable OPENCLAW_GATEWAY_TOKEN wins/,
  },
  'gateway.rotation_stale': {
    wrong: {
      config: { gateway: { auth: { ...auth, tokenSecondary: 'f00d'.repeat(16) } } },
      now: Date.now() + 20.5 * DAY_MS,
    },
    right: {
      config: { gateway: { auth: { ...auth, tokenSecondary: 'f00d'.repeat(16) } } },
      now: Date.now() + 2 * DAY_MS,
    },
    says: /20 days or more/,
  },
  'gateway.auth_no_rate_limit': {
    wrong: {
      config: {
        gateway: {
          bind: 'lan',
          auth: { ...auth, rateLimit: { maxAttempts: 100, windowMs: 1000, lockoutMs: 0 } },
        },
      },
    },
    right: {
      config: {
        gateway: { bind: 'lan', auth: { ...auth, rateLimit: { maxAttempts: 20, lockoutMs: 0 } } },
      },
    },
    says: /360000 credentials an hour/,
  },
  'gateway.trusted_proxy_auth': {
    wrong: { config: proxied() },
    right: { config: { gateway: { bind: 'lan', auth } } },
    says: /x-forwarded-user from 10.7.0.9/,
  },
  'gateway.trusted_proxy_no_proxies': {
    wrong: { config: proxied({}, { trustedProxies: [] }) },
    right: { config: proxied() },
    says: /no proxy is trusted/,
  },
  'gateway.trusted_proxy_no_user_header': {
    wrong: { config: proxied({ userHeader: undefined }) },
    right: { config: proxied() },
    says: /no header names the user/,
  },
  'gateway.trusted_proxy_no_allowlist': {
    wrong: { config: proxied({ allowUsers: [] }) },
    right: { config: proxied() },
    says: /user:nobody-in-particular@example.com would come in/,
  },
  'gateway.trusted_proxy_allow_loopback': {
    wrong: { config: proxied({ allowLoopback: true }, { trustedProxies: ['127.0.0.1'] }) },
    right: { config: proxied({ allowLoopback: false }, { trustedProxies: ['127.0.0.1'] }) },
    says: /from 127.0.0.1 is user:alice@example.com/,
  },
  'gateway.trusted_proxy_users_are_admins': {
    wrong: { config: proxied({}, { auth: { identityScopes: undefined } }) },
    right: { config: proxied() },
    says: /user:alice@example.com holds .*operator.admin/,
  },
  'gateway.trusted_proxies_wide': {
    wrong: { config: proxied({}, { trustedProxies: ['0.0.0.0/0'] }) },
    right: { config: proxied() },
    says: /0.0.0.0.0 trusts .*; 203.0.113.7 is user:alice@example.com/,
  },
  'gateway.identity_scopes_unused': {
    wrong: {
      config: proxied(
        {},
        { auth: { identityScopes: { 'alise@example.com': ['operator.admin'] } } },
      ),
    },
    right: { config: proxied() },
    says: /alise@example.com/,
  },
  'gateway.tailscale_funnel': {
    wrong: {
      config: {
        gateway: {
          tailscale: { mode: 'funnel' },
          auth: { mode: 'password', password: 'sesame-open-please' },
        },
      },
    },
    right: {
      config: {
        gateway: {
          tailscale: { mode: 'serve' },
          auth: { mode: 'password', password: 'sesame-open-please' },
        },
      },
    },
    says: /funnel/,
  },
  'gateway.tailnet_users_are_admins': {
    wrong: { config: { gateway: { auth: tailnet } } },
    right: {
      config: { gateway: { auth: { ...tailnet, identityScopes: { [USER]: ['operator.admin'] } } } },
    },
    says: /user:nobody-in-particular@example.com would hold .*operator.admin/,
  },
  'gateway.control_ui.any_origin': {
    wrong: { config: { gateway: { auth, controlUi: { allowedOrigins: ['*'] } } } },
    right: { config: { gateway: { auth, controlUi: { allowedOrigins: ['https://a.example'] } } } },
    says: /every page/,
  },
  'gateway.control_ui.host_header_fallback': {
    wrong: {
      config: { gateway: { auth, controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } } },
    },
    right: { config: { gateway: { auth } } },
    says: /DNS rebinding/,
  },
  'gateway.control_ui.no_allowed_origins': {
    wrong: { config: { gateway: { bind: 'lan', auth } } },
    right: {
      config: {
        gateway: { bind: 'lan', auth, controlUi: { allowedOrigins: ['https://claw.example.com'] } },
      },
    },
    says: /allowedOrigins is empty/,
  },
  'gateway.no_tls_exposed': {
    wrong: { config: { gateway: { bind: 'custom', customBindHost: '10.7.0.4', auth } } },
    right: { config: { gateway: { bind: 'custom', customBindHost: '100.64.0.4', auth } } },
    says: /no proxy is trusted/,
  },
  'gateway.hsts': {
    wrong: {
      config: {
        gateway: {
          auth,
          http: { securityHeaders: { strictTransportSecurity: 'max-age=31536000' } },
        },
      },
    },
    right: {
      config: { gateway: { auth, http: { securityHeaders: { strictTransportSecurity: false } } } },
    },
    says: /no effect/,
  },
  'gateway.pairing_off': {
    wrong: { config: { security: { pairingRequired: false } } },
    right: { config: { security: { pairingRequired: true } } },
    says: /pairingRequired/,
  },
  'gateway.auto_approve': {
    wrong: { config: { security: { autoApprove: true } } },
    right: { config: { security: { autoApprove: false } } },
    says: /autoApprove/,
  },
}
