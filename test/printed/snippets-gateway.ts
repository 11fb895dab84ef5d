/** Printed configuration of the gateway, its authentication and its limits. */
import type { PrintedSnippet } from './printed.ts'

const AUTHENTICATION = 'Authentication'
const NETWORK = 'Network'
const DEVICES = 'Devices'
/** In the place of one that a reader makes. */
const A_TOKEN = '5eed'.repeat(16)
const ANOTHER_TOKEN = 'ab1e'.repeat(16)

export const GATEWAY_SNIPPETS: readonly PrintedSnippet[] = [
  {
    title: 'a token, and limits',
    topic: AUTHENTICATION,
    file: 'openclaw.json',
    state: 'works',
    does: 'listens for this host with this token (put one of yours there), asks for pairing, and limits requests',
    text: `{
  "gateway": {
    "mode": "local", "port": 18789, "bind": "loopback",
    "auth": { "mode": "token", "token": "your-secure-random-token-here" }
  },
  "security": {
    "pairingRequired": true, "autoApprove": false,
    "rateLimit": { "enabled": true, "requests": 100, "windowMs": 3600000 }
  }
}
`,
    means: {
      'gateway.mode': 'local',
      'gateway.port': 18789,
      'gateway.bind': 'loopback',
      'gateway.auth.mode': 'token',
      'security.pairingRequired': true,
      'security.autoApprove': false,
      'security.rateLimit.enabled': true,
      'security.rateLimit.requests': 100,
      'security.rateLimit.windowMs': 3_600_000,
    },
  },
  {
    title: 'locks after wrong tries',
    topic: AUTHENTICATION,
    file: 'config.json',
    state: 'works',
    does: 'these are the defaults',
    text: `gateway :
  auth :
    rateLimit :
      maxAttempts : 10
      windowMs : 60000
      lockoutMs : 300000
      exemptLoopback : true
`,
    means: {
      'gateway.auth.rateLimit': {
        maxAttempts: 10,
        windowMs: 60_000,
        lockoutMs: 300_000,
        exemptLoopback: true,
      },
    },
  },
  {
    title: 'users that a proxy names',
    topic: AUTHENTICATION,
    file: 'config.json',
    state: 'works',
    does: 'lets in these users by the proxy’s header; it starts once it is said which proxies',
    text: `gateway :
  auth :
    mode : trusted-proxy
    trustedProxy :
      userHeader : X-Forwarded-User
      requiredHeaders :
        - X-Forwarded-Proto
        - X-Forwarded-For
      allowUsers :
        - user@example.com
        - admin
`,
    needs: {
      says: /gateway\.trustedProxies/,
      line: `openclaw config set gateway.trustedProxies '["127.0.0.1", "::1"]'`,
    },
    means: {
      'gateway.auth.mode': 'trusted-proxy',
      'gateway.auth.trustedProxy.userHeader': 'x-forwarded-user',
      'gateway.auth.trustedProxy.requiredHeaders': ['x-forwarded-proto', 'x-forwarded-for'],
      'gateway.auth.trustedProxy.allowUsers': ['user@example.com', 'admin'],
    },
  },
  {
    title: 'users that a proxy on another host names',
    topic: AUTHENTICATION,
    file: 'openclaw.json',
    state: 'works',
    does: 'the same for proxies on other hosts',
    text: `{ gateway: { bind: "lan", trustedProxies: ["10.0.0.1", "172.17.0.1"],
  auth: { mode: "trusted-proxy", trustedProxy: {
    userHeader: "x-forwarded-user",
    requiredHeaders: ["x-forwarded-proto", "x-forwarded-host"],
    allowUsers: ["nick@example.com", "admin@company.org"],
    allowLoopback: false,
  }, }, }, }
`,
    means: {
      'gateway.bind': 'lan',
      'gateway.trustedProxies': ['10.0.0.1', '172.17.0.1'],
      'gateway.auth.mode': 'trusted-proxy',
      'gateway.auth.trustedProxy.userHeader': 'x-forwarded-user',
      'gateway.auth.trustedProxy.requiredHeaders': ['x-forwarded-proto', 'x-forwarded-host'],
      'gateway.auth.trustedProxy.allowUsers': ['nick@example.com', 'admin@company.org'],
      'gateway.auth.trustedProxy.allowLoopback': false,
    },
  },
  {
    title: 'HTTPS and HSTS',
    topic: NETWORK,
    file: 'openclaw.json',
    state: 'differs',
    does: 'this version serves no HTTPS itself and does not start rather than go without; behind a proxy that does, it sends the header',
    says: /gateway\.tls\.enabled: this version serves no HTTPS itself/,
    text: `{ gateway: { tls: { enabled: true },
  http: { securityHeaders: { strictTransportSecurity: "max-age=31536000; includeSubDomains", }, }, }, }
`,
    instead: `{ gateway: {
  http: { securityHeaders: { strictTransportSecurity: "max-age=31536000; includeSubDomains", }, }, }, }
`,
    means: {
      'gateway.http.securityHeaders.strictTransportSecurity': 'max-age=31536000; includeSubDomains',
    },
  },
  {
    title: 'a token from the environment',
    topic: AUTHENTICATION,
    file: 'gateway.yaml',
    state: 'works',
    does: 'reads `host` as `gateway.bind` and `token` as `gateway.auth.token`; without the variable there is no start',
    text: `gateway:
  token: \${OPENCLAW_GATEWAY_TOKEN}
  port: 8080
  host: "0.0.0.0"
`,
    env: { OPENCLAW_GATEWAY_TOKEN: A_TOKEN },
    means: { 'gateway.bind': 'lan', 'gateway.port': 8080 },
  },
  {
    title: 'both tokens of a rotation',
    topic: AUTHENTICATION,
    file: 'gateway.yaml',
    state: 'works',
    does: 'both are valid; `openclaw token status` says who still uses the old one',
    text: `gateway:
  token: \${OPENCLAW_GATEWAY_TOKEN}
  token_secondary: \${OPENCLAW_GATEWAY_TOKEN_NEW}
  port: 8080
`,
    env: { OPENCLAW_GATEWAY_TOKEN: A_TOKEN, OPENCLAW_GATEWAY_TOKEN_NEW: ANOTHER_TOKEN },
    means: { 'gateway.port': 8080 },
    shown: {
      line: 'openclaw config get gateway.auth.tokenSecondary --reveal',
      says: new RegExp(ANOTHER_TOKEN),
    },
  },
  {
    title: 'the end of a rotation',
    topic: AUTHENTICATION,
    file: 'gateway.yaml',
    state: 'works',
    does: 'the new token alone; take the old variable away, too: it wins over the file',
    text: `gateway:
  token: \${OPENCLAW_GATEWAY_TOKEN_NEW}
  port: 8080
`,
    env: { OPENCLAW_GATEWAY_TOKEN_NEW: ANOTHER_TOKEN },
    means: { 'gateway.port': 8080 },
    shown: {
      line: 'openclaw config get gateway.auth.token --reveal',
      says: new RegExp(ANOTHER_TOKEN),
    },
  },
  {
    title: 'pairing of devices',
    topic: DEVICES,
    file: 'openclaw.json',
    state: 'works',
    does: 'these are the defaults',
    text: `{ "security": {
  "pairingRequired": true, "autoApprove": false, "pairingTimeout": 300, "maxPendingPairings": 5
} }
`,
    means: {
      'security.pairingRequired': true,
      'security.autoApprove': false,
      'security.pairingTimeout': 300,
      'security.maxPendingPairings': 5,
    },
  },
  {
    title: 'limits on requests',
    topic: AUTHENTICATION,
    file: 'openclaw.json',
    state: 'works',
    does: 'limits requests by address and by user',
    text: `{ "security": { "rateLimit": {
  "enabled": true, "requests": 100, "windowMs": 3600000, "perIp": true, "perUser": true
} } }
`,
    means: {
      'security.rateLimit': {
        enabled: true,
        requests: 100,
        windowMs: 3_600_000,
        perIp: true,
        perUser: true,
      },
    },
  },
  {
    title: 'web sessions',
    topic: AUTHENTICATION,
    file: 'openclaw.json',
    state: 'works',
    does: 'these are the defaults',
    text: `{ "security": { "session": {
  "timeout": 7200, "maxConcurrent": 10, "secure": true, "sameSite": "strict"
} } }
`,
    means: {
      'security.session': { timeout: 7200, maxConcurrent: 10, secure: true, sameSite: 'strict' },
    },
  },
]
