import { BY_OWNER } from '../pairing/people.fixture.ts'
/** For tests: a store with a device, a request, a setup code and a rotation under way, and its desk. */
import { createHash } from 'node:crypto'
import type { Actor } from '../pairing/authority.ts'
import type { Ask } from '../pairing/ask.ts'
import { PairingDesk } from '../pairing/desk.ts'
import { rotate } from '../pairing/manage.ts'
import { approveUnasked } from '../pairing/resolve.ts'
import { newSetupCode } from '../pairing/setup-code.ts'
import { DeviceTokens } from '../pairing/tokens.ts'
import type { PairingState } from '../pairing/types.ts'
import { Secret } from '../core/secret.ts'
import { openStore } from './open.ts'
import { loadPairings, pairingStore } from './pairings.ts'

export const CHANGES = ['approve', 'rotate', 'revoke', 'remove', 'redeem', 'confirm'] as const
export type Change = (typeof CHANGES)[number]

export const DEVICE = idOf('device')
export const NEWCOMER = idOf('newcomer')
export const REQUEST = 'request-1'
export const CODE = new Secret(`ocd_${'setup'.repeat(8)}`)
export const OWNER: Actor = { scopes: ['operator.admin'], deviceId: null, name: 'owner:owner' }

/** Fixed, for every process of a test. */
const NOW = 1_800_000_000_000

export async function openDesk(dir: string) {
  const store = await openStore(dir)
  const { state, problems } = await loadPairings(store)
  const desk = new PairingDesk({
    saved: state,
    store: pairingStore(store, () => NOW),
    tokens: new DeviceTokens(Buffer.alloc(32, 7)),
    rules: () => ({ waitsMs: 300_000, most: 5 }),
    clock: () => NOW,
    announce: () => {},
  })
  return { desk, store, state, problems }
}

export async function fillStore(dir: string): Promise<void> {
  const { desk, store } = await openDesk(dir)
  const wish = wishOf(DEVICE)
  await approveUnasked(desk, wish, 'gateway:unasked')
  const approved = [{ role: wish.need.role, scopes: wish.need.scopes }]
  await approveUnasked(
    desk,
    { ...wish, need: { ...wish.need, role: 'node', scopes: [], approved } },
    'gateway:unasked',
  )
  await rotate(desk, { deviceId: DEVICE, role: 'node', scopes: null }, OWNER)
  const { code } = newSetupCode(
    { access: 'limited', by: OWNER.name, maker: BY_OWNER, until: null },
    NOW,
  )
  const { need, description, browserOrigin, clientAddress } = wishOf(idOf('stranger'))
  const request = {
    requestId: REQUEST,
    digest: idOf('request'),
    deviceId: need.deviceId,
    publicKey: need.publicKey,
    role: need.role,
    scopes: need.scopes,
    description,
    browserOrigin,
    remoteAddress: clientAddress,
    clientAddress,
    isRepair: false,
    createdAt: NOW,
    refreshedAt: NOW,
  }
  const setupCodes = [{ ...code, digest: CODE.digest() }]
  await desk.turn(() => ({ result: null, change: { requests: [request], setupCodes } }))
  await store.close()
}

export function wishOf(deviceId: string): Ask {
  return {
    need: {
      deviceId,
      publicKey: deviceId.slice(0, 43),
      role: 'operator',
      scopes: ['operator.read', 'operator.write'],
      why: 'not-paired',
      remedy: 'request',
      approved: [],
    },
    description: {
      displayName: 'a device',
      platform: 'linux',
      deviceFamily: null,
      clientId: 'cli',
      clientMode: 'cli',
    },
    browserOrigin: null,
    clientAddress: '203.0.113.9',
    onThisHost: false,
  }
}

/** All that matters, without what is random. */
export function gist({ devices, requests, setupCodes }: PairingState): unknown {
  return {
    devices: devices
      .map(({ id, barred, removedAt, grants }) => ({
        id,
        barred,
        removedAt,
        grants: grants.map(({ role, scopes, next, expiresAt }) => ({
          role,
          scopes,
          expiresAt,
          rotating: next !== null,
        })),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    requests: requests.map(({ requestId }) => requestId),
    codes: setupCodes.map(({ usedBy }) => usedBy?.deviceId ?? null),
  }
}

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}
