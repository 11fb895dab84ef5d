/** What a proxy that logs users in can have wrong, and the setting that the record names for it: for docs/behind-a-proxy.md and proxy-users.test.ts. */
import type { PlaceName } from './proxy-matrix-table.fixture.ts'

/** The documented proxy names the user whom its own login names. */
export const USER = 'nick'

export interface UserRow {
  readonly title: string
  readonly place: PlaceName
  /** What differs from the settings that work. */
  readonly trustedProxies?: readonly string[]
  readonly trustedProxy?: object
  readonly allowedOrigins?: readonly string[]
  /** `null`: in, as the user. */
  readonly refused: { readonly code: string; readonly names: string } | null
}

export const USER_ROWS: readonly UserRow[] = [
  { title: 'all of it set, the proxy in a container', place: 'bridge', refused: null },
  {
    title: 'all of it set, and `allowLoopback`, the proxy on the gateway’s host',
    place: 'loopback',
    trustedProxy: { allowLoopback: true },
    refused: null,
  },
  {
    title: 'the proxy is not listed',
    place: 'bridge',
    trustedProxies: ['192.0.2.1'],
    refused: { code: 'trusted_proxy_untrusted_source', names: 'gateway.trustedProxies' },
  },
  {
    title: 'the proxy is on the gateway’s host',
    place: 'loopback',
    refused: {
      code: 'trusted_proxy_loopback_source',
      names: 'gateway.auth.trustedProxy.allowLoopback',
    },
  },
  {
    title: 'the same, and comes by an address of the host',
    place: 'lan',
    refused: {
      code: 'trusted_proxy_local_interface_source',
      names: 'gateway.auth.trustedProxy.allowLoopback',
    },
  },
  {
    title: 'it does not set a required header',
    place: 'bridge',
    trustedProxy: { requiredHeaders: ['x-proxy-secret'] },
    refused: {
      code: 'trusted_proxy_missing_header_x-proxy-secret',
      names: 'gateway.auth.trustedProxy.requiredHeaders',
    },
  },
  {
    title: 'it names the user in another header',
    place: 'bridge',
    trustedProxy: { userHeader: 'x-auth-user' },
    refused: { code: 'trusted_proxy_user_missing', names: 'gateway.auth.trustedProxy.userHeader' },
  },
  {
    title: 'the user is not on the list',
    place: 'bridge',
    trustedProxy: { allowUsers: ['lena'] },
    refused: {
      code: 'trusted_proxy_user_not_allowed',
      names: 'gateway.auth.trustedProxy.allowUsers',
    },
  },
  {
    title: 'the page’s origin is not listed',
    place: 'bridge',
    allowedOrigins: [],
    refused: { code: 'origin_not_allowed', names: 'gateway.controlUi.allowedOrigins' },
  },
]
