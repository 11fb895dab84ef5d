/** Where the user of a client finds the setting that is wrong (PROTOCOL 2.9). Words only: no decision turns on them (R07). */
import type { Evidence } from '../../access/types.ts'
import type { ConnectParams } from './connect-params.ts'

export interface AuthHint {
  readonly token: string
  readonly password: string
}

const LOCAL_CLI: AuthHint = {
  token: "use this gateway's gateway.auth.token or pair the device",
  password: "use this gateway's gateway.auth.password or pair the device",
}
const REMOTE_CLI: AuthHint = {
  token: 'set gateway.remote.token to match gateway.auth.token',
  password: 'set gateway.remote.password to match gateway.auth.password',
}
const PAGE: AuthHint = {
  token: 'open the dashboard URL and paste the token in Control UI settings',
  password: 'enter the password in Control UI settings',
}
const OTHER: AuthHint = {
  token: 'provide gateway auth token',
  password: 'provide gateway auth password',
}

export function hintFor({ client }: ConnectParams, { peer, forwarding }: Evidence): AuthHint {
  if (client.id === 'cli') return peer.loopback && forwarding.length === 0 ? LOCAL_CLI : REMOTE_CLI
  return isPage(client) ? PAGE : OTHER
}

/** It calls itself a page in a browser. */
export function isPage({ id, mode }: ConnectParams['client']): boolean {
  return mode === 'webchat' || id === 'openclaw-control-ui'
}
