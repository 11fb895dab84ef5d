/** Devices by name, each with its story, and the tokens and setup codes that they may show. */
import { Secret } from '../core/secret.ts'
import type { Devices, KnownDevice, KnownDeviceToken, KnownSetupCode } from './devices.ts'
import type { Scope } from './scopes.ts'
import type { Credential, DeviceClaim, Role } from './types.ts'

const NOW = 1_800_000_000_000

/** What each was approved for; `null` for one that nobody has heard of. */
const STORIES = {
  reader: [approved('operator', ['operator.read'])],
  writer: [approved('operator', ['operator.write']), approved('node', [])],
  administrator: [approved('operator', ['operator.admin'], NOW + 1)],
  node: [approved('node', [])],
  chat: [approved('webchat', [])],
  lapsed: [approved('operator', ['operator.write'], NOW), approved('node', [])],
  outlived: [
    { ...approved('operator', ['operator.write'], NOW + 1), lapsedAt: NOW - 1 },
    approved('node', []),
  ],
  revoked: [approved('node', [])],
  removed: [],
  stranger: null,
} as const satisfies Record<string, readonly Approved[] | null>
export type DeviceName = keyof typeof STORIES
export const DEVICE_NAMES: readonly DeviceName[] = [
  'reader',
  'writer',
  'administrator',
  'node',
  'chat',
  'lapsed',
  'outlived',
  'revoked',
  'removed',
  'stranger',
]

interface Approved {
  readonly role: Role
  readonly scopes: readonly Scope[]
  readonly expiresAt: number | null
  readonly lapsedAt?: number
}
function approved(role: Role, scopes: readonly Scope[], expiresAt: number | null = null): Approved {
  return { role, scopes, expiresAt }
}

export const DEVICE_CREDENTIALS = {
  'token of the reader': token('reader'),
  'new token of the reader': token('new-reader'),
  'token of the writer': token('writer'),
  'node token of the writer': token('node-writer'),
  'token of the administrator': token('administrator'),
  'token of the node': token('node'),
  'token of the lapsed': token('lapsed'),
  'token of the outlived': token('outlived'),
  'setup code': token('setup'),
  'setup code that is over': token('setup-over'),
} as const satisfies Record<string, Credential>
type TokenName = keyof typeof DEVICE_CREDENTIALS

function token(name: string): Credential {
  const secret = new Secret(`ocd_${name}`.padEnd(44, '.'))
  return { class: 'device', secret, sources: ['device'], proof: null }
}

/** Of which device, in which role. */
const TOKENS: readonly (readonly [TokenName, DeviceName, Role, boolean])[] = [
  ['token of the reader', 'reader', 'operator', false],
  ['new token of the reader', 'reader', 'operator', true],
  ['token of the writer', 'writer', 'operator', false],
  ['node token of the writer', 'writer', 'node', false],
  ['token of the administrator', 'administrator', 'operator', false],
  ['token of the node', 'node', 'node', false],
  ['token of the lapsed', 'lapsed', 'operator', false],
  ['token of the outlived', 'outlived', 'operator', false],
]

const TAKEN: Partial<Record<DeviceName, readonly Role[]>> = {
  revoked: ['operator'],
  removed: ['operator', 'node'],
}

function known(name: DeviceName): KnownDevice | null {
  const approvals: readonly Approved[] | null = STORIES[name]
  if (approvals === null) return null
  return {
    id: name,
    publicKey: `key of ${name}`,
    name,
    barred: TAKEN[name] ?? [],
    grants: approvals.map((one) => ({ id: `${name} ${one.role}`, ...one })),
  }
}

const KNOWN = new Map<string, KnownDevice | null>(DEVICE_NAMES.map((name) => [name, known(name)]))
const LIVE_TOKENS = new Map(
  TOKENS.map(([name, deviceId, role, fresh]): [string, KnownDeviceToken] => [
    DEVICE_CREDENTIALS[name].secret.digest(),
    { deviceId, role, fresh },
  ]),
)
const LIMITED: KnownSetupCode['grants'] = [
  { role: 'node', scopes: [] },
  { role: 'operator', scopes: ['operator.read', 'operator.write'] },
]
const MAKER: KnownSetupCode['maker'] = { kind: 'owner', id: 'owner', madeBy: null }
const CODES = new Map<string, KnownSetupCode>([
  [
    DEVICE_CREDENTIALS['setup code'].secret.digest(),
    { setupId: 'open', expiresAt: NOW + 1, maker: MAKER, grants: LIMITED },
  ],
])

export const POOLED_DEVICES: Devices = {
  find: (id) => KNOWN.get(id) ?? null,
  findToken: (digest) => LIVE_TOKENS.get(digest) ?? null,
  findSetupCode: (digest) => CODES.get(digest) ?? null,
  wasSetupCode: (digest) =>
    digest === DEVICE_CREDENTIALS['setup code that is over'].secret.digest(),
}

export function claimOf(name: DeviceName, proven: boolean): DeviceClaim {
  const publicKey = `key of ${name}`
  if (proven) return { id: name, publicKey, proof: { kind: 'valid' } }
  return { id: name, publicKey, proof: { kind: 'invalid', reason: 'device_signature_invalid' } }
}
