/** Which gateway a command talks to: this host's by its socket, then by its port; or the one that is configured or named. */
import { isLoopback, isPrivate } from '../core/address.ts'
import { Secret } from '../core/secret.ts'
import { text } from './arguments.ts'
import type { Arguments, Context, Option } from './types.ts'

export type Target =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'http'
      readonly url: URL
      readonly credential: Secret | null
      readonly thisHost: boolean
    }

export type Targets =
  | { readonly kind: 'targets'; readonly targets: readonly Target[]; readonly note: string | null }
  | { readonly kind: 'wrong'; readonly message: string }

/** For every command that asks a gateway. */
export const GATEWAY_OPTIONS: readonly Option[] = [
  { flags: '--url <url>', description: 'ask this gateway instead: http(s):// or ws(s)://' },
  { flags: '--token <token>', description: 'the token or password for --url', secret: true },
  { flags: '--timeout <seconds>', description: 'how long to wait for an answer' },
]

/** What a header may hold (RFC 9110 5.5), and every secret of ours is made of. */
const SENDABLE = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/

/** In the order in which they are tried. A configured secret goes to the gateway it is configured for, never to --url (R39). */
export async function findTargets(args: Arguments, context: Context): Promise<Targets> {
  const given = text(args, 'token')
  if (given !== undefined && !SENDABLE.test(given)) {
    return { kind: 'wrong', message: '--token holds a character that HTTP cannot carry' }
  }
  const credential = given === undefined ? null : new Secret(given)
  const url = text(args, 'url')
  if (url !== undefined) return remoteTarget(url, credential, '--url')

  const read = await context.parts.settings(context.env)
  const settings = read.kind === 'settings' ? read.settings : null
  if (settings?.remote) {
    return remoteTarget(
      settings.remote.url,
      credential ?? settings.remote.credential,
      'gateway.remote.url',
    )
  }
  // Who names a credential wants to be seen as its bearer, not as the owner.
  const socket = credential === null ? await ownerSocket(context) : []
  if (settings === null)
    return { kind: 'targets', targets: socket, note: read.kind === 'broken' ? read.message : null }
  const address = new URL(`http://127.0.0.1:${settings.port}`)
  const port: Target = {
    kind: 'http',
    url: address,
    credential: credential ?? settings.credential,
    thisHost: true,
  }
  return { kind: 'targets', targets: [...socket, port], note: null }
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

export function targetInWords(target: Target): string {
  return target.kind === 'socket' ? target.path : target.url.origin
}

function remoteTarget(given: string, credential: Secret | null, where: string): Targets {
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
  if (credential !== null && url.protocol === 'http:' && !near(url.hostname)) {
    return {
      kind: 'wrong',
      message: `${where}: the credential would travel unencrypted to ${url.host}; use https:// or wss://`,
    }
  }
  return {
    kind: 'targets',
    targets: [{ kind: 'http', url, credential, thisHost: false }],
    note: null,
  }
}

/** Plain HTTP may carry a secret only inside a host, a private network or a tailnet (PROTOCOL 5.1). */
function near(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name.endsWith('.local') || name.endsWith('.ts.net')) return true
  return isLoopback(name) || isPrivate(name)
}
