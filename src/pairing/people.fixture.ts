/** For tests: devices that ask, and people who answer. */
import type { CodeMaker } from '../access/code-maker.ts'
import { createHash } from 'node:crypto'
import type { Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'
import type { Ask } from './ask.ts'
import type { Actor } from './authority.ts'
import type { PairingDesk } from './desk.ts'
import { approve, ask } from './resolve.ts'
import type { PairedDevice } from './types.ts'

export const PHONE = idOf('phone')
export const LAPTOP = idOf('laptop')

export const OWNER: Actor = { scopes: ['operator.admin'], deviceId: null, name: 'owner:owner' }
export const HELPER: Actor = {
  scopes: ['operator.read', 'operator.pairing'],
  deviceId: null,
  name: 'user:helper@example.com',
}

/** A device that came by its own token. */
export function byToken(deviceId: string, ...scopes: readonly Scope[]): Actor {
  return { scopes, deviceId, name: `device:${deviceId}` }
}

export function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

export interface Wish {
  readonly device?: string
  readonly role?: Role
  readonly scopes?: readonly Scope[]
  readonly from?: string
  /** What it has already, as the decision saw it. */
  readonly approved?: Ask['need']['approved']
}

export function wish({
  device = PHONE,
  role = 'operator',
  scopes = ['operator.read'],
  from = '203.0.113.9',
  approved = [],
}: Wish = {}): Ask {
  return {
    need: {
      deviceId: device,
      publicKey: `key of ${device}`,
      role,
      scopes,
      why: 'not-paired',
      remedy: 'request',
      approved,
    },
    description: {
      displayName: null,
      platform: 'linux',
      deviceFamily: null,
      clientId: 'cli',
      clientMode: 'cli',
    },
    browserOrigin: null,
    clientAddress: from,
    onThisHost: false,
  }
}

export async function requestOf(desk: PairingDesk, what: Wish = {}): Promise<string> {
  const answer = await ask(desk, wish(what))
  if (answer.kind !== 'waiting') throw new Error('there is no room')
  return answer.request.requestId
}

export async function pair(
  desk: PairingDesk,
  what: Wish & { readonly expiresAt?: number } = {},
): Promise<PairedDevice> {
  const requestId = await requestOf(desk, what)
  const answer = await approve(desk, { requestId, expiresAt: what.expiresAt ?? null }, OWNER)
  if (answer.kind !== 'approved') throw new Error(answer.kind)
  return answer.device
}

/** `operator: operator.read operator.write`, a line a role. */
export function heldBy(desk: PairingDesk, device = PHONE): readonly string[] {
  const grants = desk.book.find(device)?.grants ?? []
  return grants.map(({ role, scopes }) => [`${role}:`, ...scopes].join(' '))
}

/** A code whose maker's right has no end. */
export const BY_OWNER: CodeMaker = { kind: 'owner', id: 'owner', madeBy: null }
