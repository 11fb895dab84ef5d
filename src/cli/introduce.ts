/** Chooses what a command shows to a gateway: what it was given or finds configured, else what this machine was paired with. */
import { readDeviceIdentity } from '../host/device-identity.ts'
import { deviceFor, tokenOf, type DeviceRead } from './device.ts'
import { ROLE, type Introduction } from './introduction.ts'
import { covers, scopesFor, type Method } from './methods.ts'
import { mayCarrySecret, type Target } from './targets.ts'
import type { Context } from './types.ts'

export type Introduced =
  | { readonly kind: 'introduction'; readonly introduction: Introduction }
  /** This machine's own files cannot be used; the message says why. */
  | { readonly kind: 'refused'; readonly message: string }

export async function introduce(
  target: Target,
  method: Method,
  context: Context,
): Promise<Introduced> {
  const version = context.parts.version()
  const scopes = scopesFor(method, null)
  const plain = { version, role: ROLE, scopes, credential: null, device: null } as const
  if (target.kind === 'socket') return introduction(plain)

  const shown = target.credential
  const found = await pairedDevice(target, context)
  if (shown === null) {
    if (found.kind === 'refused') return found
    return introduction(found.kind === 'absent' ? plain : byDeviceToken(found, plain, method))
  }
  const credential = { ...shown, field: 'token' } as const
  const byToken = { ...plain, credential }
  // A device may ask for what it was approved for, the bearer of a token for anything: who gives one means to be that.
  const named = found.kind === 'device' && scopes.every((scope) => covers(found.held, scope))
  return introduction(named ? { ...byToken, device: found.device } : byToken)
}

type Paired = Extract<DeviceRead, { kind: 'device' }> & {
  readonly credential: Introduction['credential']
  readonly held: readonly string[]
}

/** On this host the owner's socket and the configuration say more than a device could. */
async function pairedDevice(
  { url, thisHost }: Extract<Target, { kind: 'address' }>,
  { parts, env }: Context,
): Promise<Paired | Exclude<DeviceRead, { kind: 'device' }>> {
  if (thisHost || !mayCarrySecret(url)) return { kind: 'absent' }
  const stateDir = parts.stateDir(env)
  const found = await deviceFor(url, stateDir, await readDeviceIdentity(stateDir))
  if (found.kind !== 'device') return found
  const stored = tokenOf(found.device)
  if (stored === null) return { kind: 'absent' }
  const { token: secret, scopes: held } = stored
  const name = 'this machine’s device token'
  return { ...found, held, credential: { field: 'deviceToken', secret, name } }
}

function byDeviceToken(
  { device, held, credential }: Paired,
  plain: Introduction,
  method: Method,
): Introduction {
  return { ...plain, scopes: scopesFor(method, held), credential, device }
}

function introduction(introduction: Introduction): Introduced {
  return { kind: 'introduction', introduction }
}
