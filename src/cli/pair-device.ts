/** Makes this machine a paired device of a gateway elsewhere: shows its key with a secret, and keeps the token that it gets (SPEC 4). For `openclaw devices pair`. */
import type { Scope } from '../access/scopes.ts'
import { unreachable } from '../core/never.ts'
import { ensureDeviceIdentity } from '../host/device-identity.ts'
import { noAnswerOf, timeoutOf } from './client.ts'
import { deviceFor, type Device } from './device.ts'
import { exchange, type Exchange } from './exchange.ts'
import { ROLE, type Credential, type Introduction } from './introduction.ts'
import type { NoAnswer } from './no-answer.ts'
import { pendingRequest } from './refusal.ts'
import { findTargets, mayCarrySecret, targetInWords, type Target } from './targets.ts'
import type { Arguments, Context } from './types.ts'

export type Paired =
  /** The token is on the disk: from now on commands need none for this gateway. `scopes`: what it is good for. */
  | { readonly kind: 'paired'; readonly gateway: string; readonly scopes: readonly string[] }
  /** On the gateway's host, `openclaw devices approve <requestId>` lets it in; asking again then pairs. The id is safe to print. */
  | {
      readonly kind: 'pending'
      readonly gateway: string
      readonly requestId: string
      readonly deviceId: string
    }
  | NoAnswer

export interface Wanted {
  readonly scopes: readonly Scope[]
  /** In place of `--token`; it says itself what it gives. */
  readonly setupCode?: Credential['secret']
}

/** `args`: with `--url` and `--token`, or neither where `gateway.remote` says both. */
export async function pairDevice(
  { scopes, setupCode }: Wanted,
  args: Arguments,
  context: Context,
): Promise<Paired> {
  const found = await gatewayElsewhere(args, context)
  if (found.kind === 'wrong') return found
  const { target } = found
  const timeout = timeoutOf(args)
  if (timeout.kind === 'wrong') return timeout

  const stateDir = context.parts.stateDir(context.env)
  const identity = await ensureDeviceIdentity(stateDir, context.now())
  const read = await deviceFor(target.url, stateDir, identity)
  if (read.kind !== 'device')
    return { kind: 'broken', message: read.kind === 'refused' ? read.message : 'no identity' }
  const { device } = read
  const version = context.parts.version()
  const credential = credentialOf(target, setupCode)
  const introduction = { version, credential, device, ...rolesOf(scopes, setupCode) }
  const question = { method: 'health' } as const
  const ended = await exchange(target, question, { introduction, timeoutMs: timeout.value })
  return outcomeOf(ended, target, introduction)
}

export type Elsewhere =
  | { readonly kind: 'gateway'; readonly target: Extract<Target, { kind: 'address' }> }
  | Extract<NoAnswer, { kind: 'wrong' }>

export async function gatewayElsewhere(args: Arguments, context: Context): Promise<Elsewhere> {
  const found = await findTargets(args, context)
  if (found.kind === 'wrong') return found
  const target = found.targets.find((one) => one.kind === 'address')
  if (target === undefined || target.thisHost)
    return {
      kind: 'wrong',
      message:
        'a device is paired with a gateway elsewhere: name it with --url, or in gateway.remote',
    }
  if (mayCarrySecret(target.url)) return { kind: 'gateway', target }
  return {
    kind: 'wrong',
    message: `secrets would travel unencrypted to ${target.url.host}; use https:// or wss://`,
  }
}

function credentialOf(
  { credential }: Extract<Target, { kind: 'address' }>,
  setupCode: Wanted['setupCode'],
): Introduction['credential'] {
  if (setupCode !== undefined)
    return { field: 'bootstrapToken', secret: setupCode, name: 'the setup code' }
  return credential === null ? null : { ...credential, field: 'token' }
}

/** A setup code is for a node first; what it gives an operator comes with the hello (PROTOCOL 3.6). */
function rolesOf(
  scopes: Wanted['scopes'],
  setupCode: Wanted['setupCode'],
): Pick<Introduction, 'role' | 'scopes'> {
  return setupCode === undefined ? { role: ROLE, scopes } : { role: 'node', scopes: [] }
}

async function outcomeOf(
  ended: Exchange,
  target: Target,
  introduction: Introduction & { readonly device: Device },
): Promise<Paired> {
  const gateway = targetInWords(target)
  switch (ended.kind) {
    case 'answered':
      return kept(gateway, introduction.device)
    case 'unreachable':
      return { kind: 'not-running', tried: [gateway], named: true, wouldNotStart: null }
    case 'refused': {
      const requestId = pendingRequest(ended.refusal)
      return requestId === null
        ? noAnswerOf(ended, target, introduction)
        : { kind: 'pending', gateway, requestId, deviceId: introduction.device.deviceId }
    }
    case 'turned-away':
    case 'foreign':
    case 'broken':
      return noAnswerOf(ended, target, introduction)
    default:
      return unreachable(ended)
  }
}

/** Not paired before what proves it is on the disk; and by what this hello gave, not by what an earlier one left. */
async function kept(gateway: string, device: Device): Promise<Paired> {
  const saved = await device.tokens.saved()
  if (saved.kind === 'failed') return { kind: 'broken', message: saved.why }
  const token = device.tokens.given({ deviceId: device.deviceId, role: ROLE })
  return token === null
    ? {
        kind: 'broken',
        message: `the gateway at ${gateway} let this machine in, but not as an operator: a setup code for that is made with --access full or limited there`,
      }
    : { kind: 'paired', gateway, scopes: token.scopes }
}
