/** Which gateway this machine connects to as a node, and what it shows there first. */
import { connect } from 'node:net'
import type { NodeCredential } from '../node-host/session.ts'
import type { SetupCode } from '../node-host/setup-code.ts'
import { text } from './arguments.ts'
import { strangerAt } from './client.ts'
import { setupCodeFrom } from './setup-code.ts'
import { findTargets, mayCarrySecret, type Credential } from './targets.ts'
import type { Arguments, Context } from './types.ts'

export interface NodeTarget {
  readonly url: URL
  /** This host's own gateway. */
  readonly thisHost: boolean
  /** `null`: the device token that this machine has from before. */
  readonly credential: (Credential & { readonly kind: NodeCredential['kind'] }) | null
}

export type NodeTargetRead =
  | { readonly kind: 'target'; readonly target: NodeTarget }
  | { readonly kind: 'wrong'; readonly message: string }

const PROBE_MS = 3_000

export async function nodeTarget(args: Arguments, context: Context): Promise<NodeTargetRead> {
  const given = setupCodeFrom(args, context)
  if (text(args, 'code') !== undefined && text(args, 'token') !== undefined)
    return wrong('give --token or --code, not both')
  if (given.kind === 'wrong') return given
  const read = given.kind === 'none' ? await named(args, context) : await coded(given.code, args)
  if (read.kind === 'wrong') return read
  const { url } = read.target
  // The device token goes there with every connect, whatever is shown at the first.
  return mayCarrySecret(url)
    ? read
    : wrong(`credentials would travel unencrypted to ${url.host}; use https:// or wss://`)
}

/** Like every command, except that the owner's socket is for operators, and the bridge for nodes. */
async function named(args: Arguments, context: Context): Promise<NodeTargetRead> {
  const found = await findTargets(args, context)
  if (found.kind === 'wrong') return found
  const target = found.targets.find((one) => one.kind === 'address')
  if (target === undefined)
    return wrong(
      found.wouldNotStart ?? 'there is no gateway configured on this host: name one with --url',
    )

  const url = target.thisHost ? await bridgeOf(target.url, context) : target.url
  const stranger = await strangerAt({ ...target, url }, context)
  if (stranger !== null) return wrong(stranger)
  const { credential } = target
  const shown = credential === null ? null : ({ ...credential, kind: 'token' } as const)
  return nodeAt(url, { thisHost: target.thisHost, credential: shown })
}

async function bridgeOf(url: URL, { parts, env }: Context): Promise<URL> {
  const read = await parts.settings(env)
  const port = read.kind === 'settings' ? read.settings.bridgePort : null
  return port === null ? url : new URL(`http://${url.hostname}:${port}`)
}

async function coded(
  { urls, bootstrapToken }: SetupCode,
  args: Arguments,
): Promise<NodeTargetRead> {
  const named = text(args, 'url')
  const targets = (named === undefined ? urls : [named]).flatMap(placeAt)
  const place = await firstReached(targets)
  return place === null
    ? wrong('no address in this setup code begins with wss://, ws://, https:// or http://')
    : nodeAt(place, {
        thisHost: false,
        credential: { secret: bootstrapToken, name: 'the setup code', kind: 'setup-code' },
      })
}

function placeAt(given: string): readonly URL[] {
  const url = URL.parse(given.replace(/^ws/i, 'http'))
  if (url === null || !/^https?:$/.test(url.protocol)) return []
  const bare = url.username === '' && url.password === '' && url.search === ''
  return bare ? [url] : []
}

/** Of several the first where anybody listens: a code names every address that its gateway has, not all of them reach it from here. */
async function firstReached(urls: readonly URL[]): Promise<URL | null> {
  const [first, ...others] = urls
  if (first === undefined) return null
  if (others.length === 0) return first
  for (const url of urls) if (await listens(url)) return url
  return first
}

function listens({ hostname, port, protocol }: URL): Promise<boolean> {
  const at = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
  return new Promise((done) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: at, timeout: PROBE_MS })
    const end = (answer: boolean) => () => {
      socket.destroy()
      done(answer)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })
}

function nodeAt(url: URL, more: Omit<NodeTarget, 'url'>): NodeTargetRead {
  return { kind: 'target', target: { url, ...more } }
}

function wrong(message: string): Extract<NodeTargetRead, { kind: 'wrong' }> {
  return { kind: 'wrong', message }
}
