/** Makes setup codes, and exchanges one for a device's approval: once, for one device. */
import type { CodeMaker } from '../access/code-maker.ts'
import type { Secret } from '../core/secret.ts'
import { approvedDevice } from './grant.ts'
import type { PairingDesk } from './desk.ts'
import {
  codeIsOver,
  grantsOf,
  MOST_SETUP_CODES,
  newSetupCode,
  type NewSetupCode,
} from './setup-code.ts'
import { resolved } from './resolve.ts'
import type { Ask } from './ask.ts'
import type { PairedDevice, SetupCode } from './types.ts'
import { holds, type Scope } from '../access/scopes.ts'
import { standingOf, type Actor } from './authority.ts'

export type MadeCode =
  | { readonly kind: 'made'; readonly token: Secret; readonly code: SetupCode }
  | { readonly kind: 'missing-scope'; readonly scope: Scope }

/** Nobody puts more into a code than they hold, and every code gives another role than operator (R11, R17). Beyond the cap the oldest code ends. */
export function makeSetupCode(
  desk: PairingDesk,
  access: NewSetupCode['access'],
  actor: Actor,
  maker: CodeMaker,
): Promise<MadeCode> {
  return desk.turn<MadeCode>((book, now) => {
    const needed: readonly Scope[] = grantsOf(access).flatMap(({ scopes }) => scopes)
    const missing = [...needed, 'operator.admin' as const].find(
      (scope) => !holds(actor.scopes, scope),
    )
    if (missing !== undefined) return { result: { kind: 'missing-scope', scope: missing } }

    const standing = standingOf(actor, book, now)
    if (standing.kind === 'over')
      return { result: { kind: 'missing-scope', scope: 'operator.admin' } }

    const until = standing.expiresAt
    const { token, code } = newSetupCode({ access, by: actor.name, maker, until }, now)
    const live = book.setupCodes().filter((one) => !codeIsOver(one, now))
    const surplus = live.slice(0, Math.max(0, live.length + 1 - MOST_SETUP_CODES))
    const over = book.setupCodes().filter((one) => codeIsOver(one, now))
    const forgotten = [...over, ...surplus].map(({ setupId }) => setupId)
    return { result: { kind: 'made', token, code }, change: { setupCodes: [code], forgotten } }
  })
}

export type Redeemed =
  | { readonly kind: 'redeemed'; readonly device: PairedDevice; readonly code: SetupCode }
  /** Used, expired or revoked: which of them is nobody's business. */
  | { readonly kind: 'gone' }

/** The approval and the end of the code are one write: there is no moment in which both are there, or neither. */
export function redeem(
  desk: PairingDesk,
  digest: string,
  { need, description, clientAddress, onThisHost }: Ask,
): Promise<Redeemed> {
  return desk.turn<Redeemed>((book, now) => {
    const found = book.findSetupCode(digest)
    const code = found === null ? null : book.setupCode(found.setupId)
    if (code === null || codeIsOver(code, now)) return { result: { kind: 'gone' } }

    const { deviceId, publicKey } = need
    const device = approvedDevice(
      book.find(deviceId),
      {
        deviceId,
        publicKey,
        description,
        remoteAddress: onThisHost ? null : clientAddress,
        via: 'bootstrap',
        by: code.createdBy,
        approvals: code.grants.map(({ role, scopes }) => ({
          role,
          scopes,
          expiresAt: code.approvesUntil,
        })),
      },
      desk.tokens,
      now,
    )
    const used: SetupCode = { ...code, usedBy: { deviceId, at: now } }
    const waiting = book.requestOf(deviceId)
    return {
      result: { kind: 'redeemed', device, code: used },
      change: {
        devices: [device],
        setupCodes: [used],
        resolved: waiting === null ? [] : [waiting.requestId],
      },
      events: waiting === null ? [{ kind: 'changed' }] : [resolved(waiting, 'approved')],
    }
  })
}
