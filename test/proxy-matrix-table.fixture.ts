/** What comes through a reverse proxy, and what does not: the table that docs/behind-a-proxy.md shows and proxy-matrix.test.ts tries. */

/** The examples in docs/proxies, which the tests replace by what is there. */
export const EXAMPLE = {
  name: 'claw.example.com',
  gateway: '127.0.0.1:18789',
  certificates: '/etc/ssl/claw.example.com',
} as const

/** Each with its file in docs/proxies. */
export const PROXIES = {
  nginx: 'nginx.conf',
  Caddy: 'Caddyfile',
  haproxy: 'haproxy.cfg',
  Apache: 'apache.conf',
} as const
export type ProxyName = keyof typeof PROXIES
export const PROXY_NAMES: readonly ProxyName[] = ['nginx', 'Caddy', 'haproxy', 'Apache']

/** How the proxy reaches the gateway. */
export const PLACES = {
  loopback: {
    title: 'on the same host, over loopback',
    gateway: '`gateway.bind: "loopback"` (the default)',
    trustedProxies: '`["127.0.0.1"]`',
  },
  bridge: {
    title: 'in a container, over its bridge',
    gateway: '`gateway.bind: "custom"`, `gateway.customBindHost`: the host’s address on the bridge',
    trustedProxies:
      'the bridge’s network, such as `["172.17.0.0/16"]`, where no other container is on it',
  },
  lan: {
    title: 'over the network, or the gateway itself is in a container',
    gateway: '`gateway.bind: "lan"`',
    trustedProxies:
      'the proxy’s address as the gateway sees it, such as `["192.168.1.5"]`, or the bridge’s own: `["172.17.0.1"]`',
  },
} as const
export type PlaceName = keyof typeof PLACES
export const PLACE_NAMES: readonly PlaceName[] = ['loopback', 'bridge', 'lan']

/** The settings, one after the other, each of which the step before has named. */
export const STEPS = [
  { key: null, title: 'nothing set' },
  { key: 'gateway.trustedProxies', title: '`gateway.trustedProxies`' },
  { key: 'gateway.controlUi.allowedOrigins', title: 'and `gateway.controlUi.allowedOrigins`' },
] as const
export type SettingKey = NonNullable<(typeof STEPS)[number]['key']>

export const WORKS = 'works'
export const COUNTED_AS_PROXY = 'works; the client is the proxy'
export const COUNTED_AS_CLIENT = 'refused; counted against the client'
export const TOKEN_MISSING = 'refused; is told that the token is missing'
export const PAIRED = 'asks to be approved; then works, and with its own token alone'

/** Turned away, and told or written on the record which setting that was. */
export function refusedNaming(key: SettingKey): string {
  return `refused, names \`${key}\``
}

/** What is tried, and what comes of it at each step: over http and https, behind each proxy, at each place. */
export const TRIES = {
  page: {
    title: 'the page, in a browser',
    outcomes: [
      refusedNaming('gateway.controlUi.allowedOrigins'),
      refusedNaming('gateway.controlUi.allowedOrigins'),
      WORKS,
    ],
  },
  api: { title: 'HTTP with the token', outcomes: [COUNTED_AS_PROXY, WORKS, WORKS] },
  forged: {
    title: 'the same, with an `X-Forwarded-For` of the caller’s own',
    outcomes: [COUNTED_AS_PROXY, WORKS, WORKS],
  },
  guess: {
    title: 'HTTP with a wrong token',
    outcomes: [refusedNaming('gateway.trustedProxies'), COUNTED_AS_CLIENT, COUNTED_AS_CLIENT],
  },
  websocket: { title: 'WebSocket with the token', outcomes: [WORKS, WORKS, WORKS] },
  device: {
    title: 'WebSocket with the token and a new device',
    outcomes: [PAIRED, PAIRED, PAIRED],
  },
  controlUi: {
    title: 'Control UI with the token, from its own page',
    outcomes: [
      refusedNaming('gateway.controlUi.allowedOrigins'),
      refusedNaming('gateway.controlUi.allowedOrigins'),
      WORKS,
    ],
  },
  controlUiDevice: {
    title: 'the same, with a new device',
    outcomes: [
      refusedNaming('gateway.controlUi.allowedOrigins'),
      refusedNaming('gateway.controlUi.allowedOrigins'),
      PAIRED,
    ],
  },
  controlUiBare: {
    title: 'the same, with neither token nor device',
    outcomes: [
      refusedNaming('gateway.controlUi.allowedOrigins'),
      refusedNaming('gateway.controlUi.allowedOrigins'),
      TOKEN_MISSING,
    ],
  },
} as const
export type TryName = keyof typeof TRIES
export const TRY_NAMES: readonly TryName[] = [
  'page',
  'api',
  'forged',
  'guess',
  'websocket',
  'device',
  'controlUi',
  'controlUiDevice',
  'controlUiBare',
]
