/** Which gateway a command talks to: this host's by its socket, then by its port; or the one that is configured or named. */
import { isLoopback, isPrivate } from '../core/address.ts'
import { Secret } from '../core/secret.ts'
import { text } from './arguments.ts'
import type { Arguments, Context, Option } from './types.ts'

export type Target =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'address'
      /** http: or https:, as people and proxies write it; `webSocketUrl` is where it is connected to. */
      readonly url: URL
      readonly credential: Credential | null
      readonly thisHost: boolean
    }

export interface Credential {
  readonly secret: Secret
  /** Where it comes from, in words. */
  readonly name: string
}

export type Targets =
  | {
      readonly kind: 'targets'
      readonly targets: readonly Target[]
      /** Why a gateway would not start on this host, as far as its configuration says. */
      readonly wouldNotStart: string | null
    }
  | { readonly kind: 'wrong'; readonly message: string }

/** For every command that asks a gateway. */
export const GATEWAY_OPTIONS: readonly Option[] = [
  { flags: '--url <url>', description: 'ask this gateway instead: http(s):// or ws(s)://' },
  { flags: '--token <token>', description: 'the token or password for --url', secret: true },
  { flags: '--timeout <seconds>', description: 'how long to wait for an answer' },
]

/** In the order in which they are tried. A configured secret goes to the gateway it is configured for, never to --url (R39). */
export async function findTargets(
  args: Arguments,
  context: Context,
  ways: 'any' | 'port' = 'any',
): Promise<Targets> {
  const given = text(args, 'token')
  if (given !== undefined && given.trim() === '') {
    return { kind: 'wrong', message: '--token is empty: leave it out, or give the token' }
  }
  const credential = given === undefined ? null : { secret: new Secret(given), name: '--token' }
  const url = text(args, 'url')
  if (url !== undefined) return remoteTarget(url, credential, '--url')

  const read = await context.parts.settings(context.env)
  const settings = read.kind === 'settings' ? read.settings : null
  if (settings?.remote) {
    const { url, credential: secret } = settings.remote
    const configured = named(secret, 'the secret in gateway.remote')
    return remoteTarget(url, credential ?? configured, 'gateway.remote.url')
  }
  // Who names a credential wants to be seen as its bearer, not as the owner.
  const socket = credential === null && ways === 'any' ? await ownerSocket(context) : []
  if (settings === null)
    return {
      kind: 'targets',
      targets: socket,
      wouldNotStart: read.kind === 'broken' ? read.message : null,
    }
  const address = new URL(`http://127.0.0.1:${settings.port}`)
  const port: Target = {
    kind: 'address',
    url: address,
    credential: credential ?? named(settings.credential, 'the secret in this host’s configuration'),
    thisHost: true,
  }
  return { kind: 'targets', targets: [...socket, port], wouldNotStart: settings.wouldNotStart }
}

/** Whether this host's gateway is meant, so that its files say as much as it does. */
export async function isThisHost(args: Arguments, { parts, env }: Context): Promise<boolean> {
  if (text(args, 'url') !== undefined) return false
  const read = await parts.settings(env)
  return read.kind === 'broken' || read.settings.remote === null
}

async function ownerSocket({ parts, env }: Context): Promise<readonly Target[]> {
  const path = await parts.ownerSocket(env)
  return path === null ? [] : [{ kind: 'socket', path }]
}

/** Where the WebSocket of an address is: its path stays, for whoever has a proxy route one to the gateway. */
export function webSocketUrl(url: URL): string {
  return url.href.replace(/^http/, 'ws')
}

export function targetInWords(target: Target): string {
  return target.kind === 'socket' ? target.path : target.url.origin
}

function remoteTarget(given: string, credential: Credential | null, where: string): Targets {
  const url = URL.canParse(given) ? new URL(given.replace(/^ws/i, 'http')) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return { kind: 'wrong', message: `${where} must begin with https://, wss://, http:// or ws://` }
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    return {
      kind: 'wrong',
      message: `${where} must not hold a user, a password or a query: use --token`,
    }
  }
  if (credential !== null && !mayCarrySecret(url)) {
    return {
      kind: 'wrong',
      message: `${where}: the credential would travel unencrypted to ${url.host}; use https:// or wss://`,
    }
  }
  return {
    kind: 'targets',
    targets: [{ kind: 'address', url, credential, thisHost: false }],
    wouldNotStart: null,
  }
}

function named(secret: Secret | null, name: string): Credential | null {
  return secret === null ? null : { secret, name }
}

/** What is not encrypted may carry a secret only inside a host, a private network or a tailnet (PROTOCOL 5.1). */
export function mayCarrySecret({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  const name = hostname.replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name.endsWith('.local') || name.endsWith('.ts.net')) return true
  return isLoopback(name) || isPrivate(name)
}
