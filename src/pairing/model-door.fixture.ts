/** A connect as the handshake makes it: the real decision, and what the desk makes of it; no socket. */
import { deviceChecker, type SignedWords } from '../access/device-proof.ts'
import type { TestDevice } from '../access/device.fixture.ts'
import {
  accessWith,
  credential,
  decideWith,
  NEIGHBOUR,
  OWN_SOCKET,
  PROXIED,
  STRANGER,
  TOKEN,
} from '../access/scene.fixture.ts'
import type { Access, Decision, DeviceClaim, Evidence, Role } from '../access/types.ts'
import { unreachable } from '../core/never.ts'
import type { Secret } from '../core/secret.ts'
import type { Ask } from './ask.ts'
import type { PairingDesk } from './desk.ts'
import { confirm, tokenFor } from './manage.ts'
import type { Connect } from './model-commands.fixture.ts'
import { addressOf, PROXY_USER } from './model-expect.fixture.ts'
import { redeem } from './redeem.ts'
import { approveUnasked, ask } from './resolve.ts'

export interface Caller {
  readonly connect: Connect
  readonly device: TestDevice
  /** The token or the code's secret that it shows. */
  readonly secret: Secret | null
}
export interface Door {
  readonly desk: PairingDesk
  readonly policy: { readonly required: boolean; readonly autoApprove: boolean }
  readonly now: number
  /** Sign each challenge and check it, or take it for granted. */
  readonly signing: boolean
}
export type Came =
  | {
      readonly kind: 'in'
      readonly decision: Extract<Decision, { kind: 'allowed' }>
      readonly handed: readonly { readonly role: Role; readonly token: Secret }[]
    }
  | { readonly kind: 'waits'; readonly requestId: string }
  | { readonly kind: 'full' | 'no' }

/** Who is let in, with what they show; nothing is asked for. */
export function decideAt(door: Door, caller: Caller, secret = caller.secret): Decision {
  const access = accessOf(door, caller.connect)
  return decideWith(evidenceOf(door, caller, secret), OWN_SOCKET, access, door.now)
}

export async function connectAt(door: Door, caller: Caller, changes = 0): Promise<Came> {
  const decision = decideAt(door, caller)
  if (decision.kind === 'allowed') return enter(door, decision, false)
  const { pairing } = decision
  if (pairing === null || pairing.remedy === 'none') return { kind: 'no' }
  const { desk } = door
  const wish = {
    need: pairing,
    description: UNDESCRIBED,
    browserOrigin: null,
    clientAddress: addressOf(caller.connect),
    onThisHost: addressOf(caller.connect) === '127.0.0.1',
  }
  switch (pairing.remedy) {
    case 'request':
      return request(desk, wish)
    case 'automatic': {
      const answer = await approveUnasked(desk, wish, 'gateway:unasked')
      if (answer === 'changed')
        return changes > 9 ? { kind: 'no' } : connectAt(door, caller, changes + 1)
      if (answer === 'crowded') return request(desk, wish)
      return judgeAgain(door, caller, caller.secret)
    }
    case 'setup-code': {
      const answer = await redeem(desk, caller.secret?.digest() ?? '', wish)
      if (answer.kind === 'gone') return { kind: 'no' }
      const issued = await tokenFor(desk, pairing.deviceId, pairing.role)
      return judgeAgain(door, caller, issued?.token ?? null)
    }
    default:
      return unreachable(pairing.remedy)
  }
}

async function request(desk: PairingDesk, wish: Ask): Promise<Came> {
  const answer = await ask(desk, wish)
  if (answer.kind === 'full') return answer
  return { kind: 'waits', requestId: answer.request.requestId }
}

const UNDESCRIBED = {
  displayName: null,
  platform: null,
  deviceFamily: null,
  clientId: 'cli',
  clientMode: 'cli',
}

async function judgeAgain(door: Door, caller: Caller, secret: Secret | null): Promise<Came> {
  const again = decideAt(door, caller, secret)
  return again.kind === 'allowed' ? enter(door, again, secret !== caller.secret) : { kind: 'no' }
}

async function enter(
  { desk }: Door,
  decision: Extract<Decision, { kind: 'allowed' }>,
  byCode: boolean,
): Promise<Came> {
  const { device, method } = decision
  if (device === null) return { kind: 'in', decision, handed: [] }
  if (device.confirmsRotation) await confirm(desk, device.id, device.role)
  desk.saw(device.id, device.role)
  const others = byCode ? (desk.book.find(device.id)?.grants ?? []).map(({ role }) => role) : []
  const roles = method === 'trusted-proxy' ? [] : [...new Set([device.role, ...others])]
  const handed = []
  for (const role of roles) {
    const issued = await tokenFor(desk, device.id, role)
    if (issued !== null) handed.push({ role, token: issued.token })
  }
  return { kind: 'in', decision, handed }
}

function accessOf({ desk, policy }: Door, { shown }: Connect): Access {
  const proxied = {
    mode: 'trusted-proxy' as const,
    secrets: [],
    trustedProxy: { allowUsers: new Set<string>(), allowLoopback: false },
    identityScopes: new Map([['nick@example.com', PROXY_USER]]),
  }
  const more = shown.kind === 'proxy user' ? proxied : {}
  return accessWith({ ...more, pairing: policy }, { devices: desk.book })
}

function evidenceOf(door: Door, { connect, device }: Caller, secret: Secret | null): Evidence {
  const { shown, role, ask: scopes } = connect
  const here = shown.kind === 'secret here' || shown.kind === 'owner'
  const from = here ? NEIGHBOUR : shown.kind === 'proxy user' ? PROXIED : STRANGER
  const text = shown.kind.startsWith('secret') ? TOKEN : (secret?.reveal() ?? '')
  return {
    ...from,
    transport: 'websocket',
    clientAddress: addressOf(connect),
    credentials: text === '' ? [] : [credential(text)],
    requestedScopes: scopes,
    requestedRole: role,
    device: claimOf(door, { connect, device }, text),
  }
}

const check = deviceChecker()

function claimOf(
  { signing, now }: Door,
  { connect, device }: Pick<Caller, 'connect' | 'device'>,
  token: string,
): DeviceClaim {
  const { id, publicKey } = device
  const right = connect.proof === 'right'
  if (!signing) {
    const reason = 'device_signature_invalid'
    return { id, publicKey, proof: right ? { kind: 'valid' } : { kind: 'invalid', reason } }
  }
  const signed: SignedWords = {
    clientId: 'cli',
    clientMode: 'cli',
    role: connect.role,
    scopes: connect.ask,
    token,
    platform: 'linux',
    deviceFamily: '',
  }
  const presented = device.present(signed, { nonce: 'n', signedAt: now })
  // What was signed is something else.
  const words = right ? signed : { ...signed, role: `${connect.role}s` }
  return check(presented, words, { nonce: 'n', now })
}
