/** An order of the model, given to the real desk, and its answer in the model's words. */
import { BY_OWNER } from './people.fixture.ts'
import type { Role } from '../access/types.ts'
import type { Secret } from '../core/secret.ts'
import { unreachable } from '../core/never.ts'
import type { Actor } from './authority.ts'
import type { PairingDesk } from './desk.ts'
import { remove, rename, revoke, rotate } from './manage.ts'
import type { Order } from './model-commands.fixture.ts'
import { words } from './model-expect.fixture.ts'
import { keyOf } from './model-keys.fixture.ts'
import { makeSetupCode } from './redeem.ts'
import { approve, reject } from './resolve.ts'

/** A secret that the caller was told. */
export type Told =
  | { readonly kind: 'token'; readonly device: number; readonly role: Role; readonly token: Secret }
  | { readonly kind: 'code'; readonly id: string; readonly secret: Secret }

export interface Answer {
  readonly answer: string
  readonly told: Told | null
}

interface Scene {
  readonly desk: PairingDesk
  readonly by: Actor
  readonly requestId: string
  readonly now: number
}

export async function obey(order: Order, { desk, by, requestId, now }: Scene): Promise<Answer> {
  const deviceId = 'device' in order ? keyOf(order.device).id : ''
  switch (order.does) {
    case 'approve': {
      const expiresAt = order.lasts === null ? null : now + order.lasts
      const answer = await approve(desk, { requestId, expiresAt }, by)
      return said(answer.kind === 'missing-scope' ? `missing ${answer.scope}` : answer.kind)
    }
    case 'reject':
      return said((await reject(desk, requestId, by)).kind)
    case 'rotate': {
      const { device, role, scopes } = order
      const answer = await rotate(desk, { deviceId, role, scopes }, by)
      if (answer.kind === 'denied') return said('denied')
      const { token } = answer
      // Nobody else hears it (R13).
      if ((token !== null) !== (by.deviceId === deviceId)) return said('told the wrong one')
      const told = token === null ? null : { kind: 'token' as const, device, role, token }
      return { answer: `rotated: ${words(answer.scopes)}`, told }
    }
    case 'revoke':
      return said((await revoke(desk, { deviceId, role: order.role }, by)).kind)
    case 'remove':
      return said((await remove(desk, deviceId, by)).kind)
    case 'rename':
      return said((await rename(desk, { deviceId, label: 'a name' }, by)).kind)
    case 'code': {
      const made = await makeSetupCode(desk, order.access, by, BY_OWNER)
      if (made.kind === 'missing-scope') return said('missing a scope')
      return { answer: 'made', told: { kind: 'code', id: made.code.setupId, secret: made.token } }
    }
    default:
      return unreachable(order)
  }
}

function said(answer: string): Answer {
  return { answer, told: null }
}
