/** This machine as a device of a gateway elsewhere: its identity, and the tokens that this gateway gave it. */
import { gatewayOriginScope } from '@openclaw/gateway-client/browser'
import { clientHostDeps } from '../host/client-host-deps.ts'
import type { DeviceIdentityRead } from '../host/device-identity.ts'
import { openDeviceTokens, type DeviceToken, type DeviceTokens } from '../host/device-tokens.ts'
import { ROLE } from './introduction.ts'
import { webSocketUrl } from './targets.ts'

export interface Device {
  readonly deviceId: string
  readonly tokens: DeviceTokens
  readonly deps: ReturnType<typeof clientHostDeps>
}

export type DeviceRead =
  | { readonly kind: 'device'; readonly device: Device }
  | Exclude<DeviceIdentityRead, { kind: 'identity' }>

export async function deviceFor(
  url: URL,
  stateDir: string,
  read: DeviceIdentityRead,
): Promise<DeviceRead> {
  if (read.kind !== 'identity') return read
  const opened = await openDeviceTokens(stateDir, gatewayOriginScope(webSocketUrl(url)))
  if (opened.kind === 'refused') return opened
  const { identity } = read
  const { tokens } = opened
  const deps = clientHostDeps(identity, tokens)
  return { kind: 'device', device: { deviceId: identity.deviceId, tokens, deps } }
}

/** `null`: it was never paired there. */
export function tokenOf({ deviceId, tokens }: Device): DeviceToken | null {
  return tokens.load({ deviceId, role: ROLE })
}
