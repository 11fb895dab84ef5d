/** For tests of admission: devices with their stories, what may be shown, and the answer in words. */
import type { KnownDevice, KnownDeviceToken, KnownSetupCode } from './devices.ts'
import { accessWith, decideWith, presenting, STRANGER } from './scene.fixture.ts'
import { Secret } from '../core/secret.ts'
import type { Scope } from './scopes.ts'
import {
  NO_FACTS,
  type Access,
  type AccessPolicy,
  type Evidence,
  type Facts,
  type Role,
} from './types.ts'

const NOW = 1_000_000

function grant(role: Role, scopes: readonly Scope[], expiresAt: number | null = null) {
  return { id: `${role} grant`, role, scopes, expiresAt }
}
function device(
  id: string,
  grants: KnownDevice['grants'],
  barred: readonly Role[] = [],
): KnownDevice {
  return { id, publicKey: `key of ${id}`, name: id, barred, grants }
}
const DEVICES = [
  device('reader', [grant('operator', ['operator.read'])]),
  device('admin', [grant('operator', ['operator.admin'])]),
  device('both', [grant('operator', ['operator.write']), grant('node', [])]),
  device('node', [grant('node', [])]),
  device('lapsed', [grant('operator', ['operator.read'], NOW)]),
  device('outlived', [{ ...grant('operator', ['operator.read'], NOW + 1), lapsedAt: NOW - 1 }]),
  device('barred', [grant('operator', ['operator.read'])], ['node']),
  device('gone', [], ['operator']),
]
const TOKENS: Record<string, KnownDeviceToken> = {
  ocd_reader: { deviceId: 'reader', role: 'operator', fresh: false },
  'ocd_reader-new': { deviceId: 'reader', role: 'operator', fresh: true },
  ocd_both: { deviceId: 'both', role: 'operator', fresh: false },
  'ocd_both-new': { deviceId: 'both', role: 'operator', fresh: true },
  'ocd_both-node': { deviceId: 'both', role: 'node', fresh: false },
  ocd_lapsed: { deviceId: 'lapsed', role: 'operator', fresh: false },
  ocd_outlived: { deviceId: 'outlived', role: 'operator', fresh: false },
}
const CODE: KnownSetupCode = {
  setupId: 'code',
  expiresAt: NOW + 1,
  maker: { kind: 'owner', id: 'owner', madeBy: null },
  grants: [
    { role: 'node', scopes: [] },
    { role: 'operator', scopes: ['operator.read'] },
  ],
}

function access(policy: Partial<AccessPolicy> = {}): Access {
  const tokens = new Map(Object.entries(TOKENS).map(([text, one]) => [digestOf(text), one]))
  return accessWith(policy, {
    apiKeys: {
      find: () => ({
        id: 'key',
        name: 'key',
        scopes: ['operator.read'],
        expiresAt: null,
        revokedAt: null,
        rateLimit: null,
      }),
    },
    devices: {
      find: (id) => DEVICES.find((one) => one.id === id) ?? null,
      findToken: (digest) => tokens.get(digest) ?? null,
      findSetupCode: (digest) => (digest === digestOf('ocd_code') ? CODE : null),
      wasSetupCode: () => false,
    },
  })
}
function digestOf(text: string): string {
  return new Secret(text).digest()
}

export interface Shown {
  readonly device?: string
  readonly proof?: 'invalid'
  readonly role?: Role
  readonly asks?: readonly Scope[]
  readonly with?: readonly string[]
  readonly from?: Evidence
  readonly more?: Partial<Evidence>
  readonly policy?: Partial<AccessPolicy>
  readonly facts?: Facts
}

export function decide({ facts = NO_FACTS, policy, ...shown }: Shown) {
  return decideWith(evidenceOf(shown), facts, access(policy), NOW)
}

function evidenceOf(shown: Shown): Evidence {
  const { device: id, proof, role = 'operator', asks = ['operator.read'] } = shown
  const invalid = { kind: 'invalid', reason: 'device_signature_invalid' } as const
  return {
    ...(shown.from ?? STRANGER),
    transport: 'websocket',
    ...presenting(...(shown.with ?? [])),
    requestedRole: role,
    requestedScopes: asks,
    device:
      id === undefined
        ? null
        : {
            id,
            publicKey: `key of ${id}`,
            proof: proof === 'invalid' ? invalid : { kind: 'valid' },
          },
    ...shown.more,
  }
}

/** `reader as operator: operator.read`, or the reason and what may be done about it. */
export function inWords(shown: Shown): string {
  const decision = decide(shown)
  if (decision.kind === 'denied')
    return [decision.reason, decision.pairing?.remedy ?? []].flat().join(', ')
  const { id, role, scopes } = decision.principal
  return `${decision.device === null ? id : `device ${id}`} as ${role}: ${scopes.join(' ')}`.trim()
}
