/** The devices that a gateway knows and those that wait, as its answers show them (PROTOCOL 3.1). */
import { z } from 'zod'
import type { Asked } from './client.ts'
import type { Wanted } from './ids.ts'
import type { Requests } from './requests.ts'

const said = {
  displayName: z.string().optional(),
  platform: z.string().optional(),
  clientId: z.string().optional(),
  remoteIp: z.string().optional(),
}

const waitingShape = z.looseObject({
  requestId: z.string(),
  deviceId: z.string(),
  ...said,
  role: z.string(),
  scopes: z.array(z.string()),
  isRepair: z.boolean().default(false),
  expiresAtMs: z.number().optional(),
})

export const deviceShape = z.looseObject({
  deviceId: z.string(),
  ...said,
  operatorLabel: z.string().optional(),
  lastSeenAtMs: z.number().optional(),
  connected: z.boolean().default(false),
  tokens: z.array(
    z.looseObject({
      role: z.string(),
      scopes: z.array(z.string()),
      rotatedAtMs: z.number().optional(),
      expiresAtMs: z.number().optional(),
    }),
  ),
})

const listShape = z.looseObject({ pending: z.array(waitingShape), paired: z.array(deviceShape) })

export type WaitingDevice = z.output<typeof waitingShape>
export type KnownDevice = z.output<typeof deviceShape>
export type DeviceList = z.output<typeof listShape>

export const DEVICE_LIST: Asked<DeviceList> = { method: 'device.pair.list', shape: listShape }

/** For every command that names an approved device. */
export const DEVICE_ARGUMENT = {
  name: 'device',
  description: 'its id, or the first 8 characters of it or more',
  required: false,
} as const
export const DEVICE_OPTION = { flags: '--device <id>', description: 'the same as an option' }

export function knownDevice(command: string): Wanted<DeviceList> {
  return {
    command,
    what: 'device',
    list: DEVICE_LIST,
    ids: ({ paired }) => paired.map(({ deviceId }) => deviceId),
  }
}

/** For every command that names a request. */
export const REQUEST_ARGUMENT = {
  name: 'request',
  description: 'its id, or that of the device that asks; the first 8 characters or more',
  required: true,
} as const

export function waitingDevices(
  command: string,
  pending: readonly WaitingDevice[],
): Requests<WaitingDevice> {
  return {
    command,
    shownBy: 'openclaw devices list',
    nobody: 'no request waits: let the device connect again, then see `openclaw devices list`',
    pending,
    asker: ({ deviceId }) => deviceId,
    name: deviceName,
  }
}

/** What an operator called it, or what it calls itself. */
export function deviceName({
  operatorLabel,
  displayName,
  platform,
  clientId,
}: {
  readonly operatorLabel?: string | undefined
  readonly displayName?: string | undefined
  readonly platform?: string | undefined
  readonly clientId?: string | undefined
}): string {
  return oneCell(operatorLabel ?? displayName ?? platform ?? clientId ?? '-')
}

const WIDEST = 40

/** A device may call itself anything: its name must not look like the columns beside it, nor push them away. */
export function oneCell(name: string): string {
  const plain = name.replace(/\s+/g, ' ').trim()
  if (plain === '') return '-'
  return plain.length > WIDEST ? `${plain.slice(0, WIDEST - 1)}…` : plain
}

/** All of them (R19), without what every one begins with. */
export function scopesInWords(scopes: readonly string[]): string {
  return scopes.length === 0
    ? 'none'
    : scopes.map((scope) => scope.replace(/^operator\./, '')).join(',')
}
