/** How a request ends: approved or rejected by somebody who may, or without asking where the rules say so. */
import { expired } from '../access/devices.ts'
import type { Scope } from '../access/scopes.ts'
import type { PairingNeed } from '../access/types.ts'
import { hasEnded, askForPairing, type Ask } from './ask.ts'
import { isAdministrator, mayGrant, mayTouch, standingOf, within, type Actor } from './authority.ts'
import { turnFor } from './acting.ts'
import { liveGrantOf } from './change-device.ts'
import type { PairingDesk, PairingEvent } from './desk.ts'
import { approvedDevice } from './grant.ts'
import type { PairedDevice, PairingRequest } from './types.ts'
import { hasRoomUnasked } from './unasked.ts'

export type AskAnswer =
  | { readonly kind: 'waiting'; readonly request: PairingRequest }
  | { readonly kind: 'full' }

/** Asks once: whoever asks again for the same hears of the same request (R22). */
export function ask(desk: PairingDesk, wish: Ask): Promise<AskAnswer> {
  return desk.turn<AskAnswer>((book, now) => {
    const asked = askForPairing(book, wish, desk.rules(), now)
    if (asked.kind === 'full') return { result: { kind: 'full' }, change: asked.change, events: [] }
    const { request, fresh, replaced, change } = asked
    const over: readonly PairingEvent[] = replaced === null ? [] : [resolved(replaced, 'rejected')]
    const begun: readonly PairingEvent[] = fresh ? [{ kind: 'requested', request }] : []
    return { result: { kind: 'waiting', request }, change, events: [...over, ...begun] }
  })
}

export type Refused =
  /** There is no such thing, for somebody who may know. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'missing-scope'; readonly scope: Scope }

export type Approve = { readonly kind: 'approved'; readonly device: PairedDevice } | Refused
export type Reject = { readonly kind: 'rejected'; readonly deviceId: string } | Refused

/** `expiresAt`: milliseconds since the epoch; `null` never, or as long as whoever approves is approved. */
export function approve(
  desk: PairingDesk,
  { requestId, expiresAt }: { readonly requestId: string; readonly expiresAt: number | null },
  actor: Actor,
): Promise<Approve> {
  return desk.turn<Approve>((book, now) => {
    const request = book.request(requestId)
    if (request === null || hasEnded(request, desk.rules().waitsMs, now))
      return { result: { kind: isAdministrator(actor) ? 'unknown' : 'denied' } }
    const authority = mayGrant(actor, request)
    if (authority.kind !== 'yes') return { result: authority }
    const standing = standingOf(actor, book, now)
    if (standing.kind === 'over') return { result: { kind: 'denied' } }

    const { deviceId, publicKey, role, scopes, description, remoteAddress } = request
    const approvals = [{ role, scopes, expiresAt: within(standing, expiresAt) }]
    const device = approvedDevice(
      book.find(deviceId),
      { deviceId, publicKey, description, remoteAddress, via: 'owner', by: actor.name, approvals },
      desk.tokens,
      now,
    )
    return {
      result: { kind: 'approved', device },
      change: { devices: [device], resolved: [requestId] },
      events: [resolved(request, 'approved')],
    }
  })
}

export function reject(desk: PairingDesk, requestId: string, actor: Actor): Promise<Reject> {
  return turnFor<Reject>(desk, { actor, over: { kind: 'denied' } }, (book, now) => {
    const request = book.request(requestId)
    const gone = request === null || hasEnded(request, desk.rules().waitsMs, now)
    if (request === null || gone || !mayTouch(actor, request.deviceId))
      return { result: { kind: gone && mayKnow(actor) ? 'unknown' : 'denied' } }
    return {
      result: { kind: 'rejected', deviceId: request.deviceId },
      change: { resolved: [requestId] },
      events: [resolved(request, 'rejected')],
    }
  })
}

/** A device's own token shows it nothing of other devices. */
function mayKnow(actor: Actor): boolean {
  return isAdministrator(actor) || actor.deviceId === null
}

/**
 * `changed`: the device's approvals are not those any more that the decision was about, so it has to be made again.
 * `crowded`: as many as may be were approved so: it has to ask.
 */
export type ApprovedUnasked = 'approved' | 'changed' | 'crowded'

/** Approves without asking, where the decision said that it may be; an approval that ends keeps its end. */
export function approveUnasked(
  desk: PairingDesk,
  { need, description, clientAddress, onThisHost }: Ask,
  by: string,
): Promise<ApprovedUnasked> {
  return desk.turn<ApprovedUnasked>((book, now) => {
    const known = book.find(need.deviceId)
    if (!asDecided(known, need, now)) return { result: 'changed' }
    if (known === null && !hasRoomUnasked(book.counts, desk.room)) return { result: 'crowded' }
    const before = known === null ? null : liveGrantOf(known, need.role, now)
    const { deviceId, publicKey, role, scopes } = need
    const approvals = [{ role, scopes, expiresAt: before?.expiresAt ?? null }]
    const remoteAddress = onThisHost ? null : clientAddress
    const device = approvedDevice(
      known,
      { deviceId, publicKey, description, remoteAddress, via: 'silent', by, approvals },
      desk.tokens,
      now,
    )
    const waiting = book.requestOf(deviceId)
    return {
      result: 'approved',
      change: { devices: [device], resolved: waiting === null ? [] : [waiting.requestId] },
      events: waiting === null ? [{ kind: 'changed' }] : [resolved(waiting, 'approved')],
    }
  })
}

/** Nothing was given, taken or lost since: two connects of one device must not add up to what neither may have. */
function asDecided(known: PairedDevice | null, need: PairingNeed, now: number): boolean {
  if (known === null) return need.approved.length === 0
  if (known.barred.length > 0) return false
  const live = known.grants.filter((grant) => !expired(grant, now))
  const lapsed = known.grants.some((grant) => grant.role === need.role && expired(grant, now))
  return !lapsed && JSON.stringify(live.map(heldBy)) === JSON.stringify(need.approved.map(heldBy))
}

function heldBy({ role, scopes }: PairingNeed['approved'][number]): readonly string[] {
  return [role, ...scopes]
}

export function resolved(
  { requestId, deviceId }: Pick<PairingRequest, 'requestId' | 'deviceId'>,
  decision: 'approved' | 'rejected',
): PairingEvent {
  return { kind: 'resolved', requestId, deviceId, decision }
}

/** What is asked for and waits now; what waited too long is not shown. */
export function waiting(desk: PairingDesk): readonly PairingRequest[] {
  const now = desk.clock()
  return desk.book.requests().filter((request) => !hasEnded(request, desk.rules().waitsMs, now))
}
