/** Which gateway this machine connects to as a node, and what it shows there first. */
import type { NodeCredential } from '../node-host/session.ts'
import type { SetupCode } from '../node-host/setup-code.ts'
import { text } from './arguments.ts'
import { strangerAt } from './client.ts'
import { addressFor } from './code-address.ts'
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

export async function nodeTarget(args: Arguments, context: Context): Promise<NodeTargetRead> {
  const given = setupCodeFrom(args, context)
  if (text(args, 'code') !== undefined && text(args, 'token') !== undefined)
    return wrong('give --token or --code, not both')
  if (given.kind === 'wrong') return given
  const read =
    given.kind === 'none' ? await named(args, context) : await coded(given.code, args, context)
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

async function coded(code: SetupCode, args: Arguments, context: Context): Promise<NodeTargetRead> {
  const found = await addressFor(code, args, context)
  if (found.kind === 'wrong') return found
  // A node waits for its gateway: where nobody answers yet, it goes on with the best.
  const url = found.kind === 'address' ? found.url : found.urls[0]
  return nodeAt(url, {
    thisHost: false,
    credential: { secret: code.bootstrapToken, name: 'the setup code', kind: 'setup-code' },
  })
}

function nodeAt(url: URL, more: Omit<NodeTarget, 'url'>): NodeTargetRead {
  return { kind: 'target', target: { url, ...more } }
}

function wrong(message: string): Extract<NodeTargetRead, { kind: 'wrong' }> {
  return { kind: 'wrong', message }
}
