/** A device asks to be approved: the request that this makes, refreshes or replaces, or that there is no room (SPEC 4). */
import { createHash, randomUUID } from 'node:crypto'
import type { PairingNeed } from '../access/types.ts'
import { guessBucket } from '../core/address.ts'
import type { DeviceBook } from './book.ts'
import type { DeviceDescription, PairingChange, PairingRequest } from './types.ts'

/** What a device asks for, and from where. */
export interface Ask {
  readonly need: PairingNeed
  readonly description: DeviceDescription
  readonly browserOrigin: string | null
  /** Whom the connection is attributed to; canonical. */
  readonly clientAddress: string
  /** It comes from this very host. */
  readonly onThisHost: boolean
}

export interface QueueRules {
  /** `security.pairingTimeout`, in milliseconds. */
  readonly waitsMs: number
  /** `security.maxPendingPairings`. */
  readonly most: number
}

export type Asked =
  | {
      readonly kind: 'waiting'
      readonly request: PairingRequest
      /** Nobody has heard of it yet. */
      readonly fresh: boolean
      /** The device asked for something else before: that request is dead. */
      readonly replaced: PairingRequest | null
      readonly change: PairingChange
    }
  | { readonly kind: 'full'; readonly change: PairingChange }

/** Of all that may wait, one address gets so many: a neighbour must find room. */
const MOST_OF_ONE_ADDRESS = 2

/**
 * A request stays as it is for so long, and its device hears of it whatever it asks for. Each replacement is a write
 * and a word to every operator, and ends the id that somebody may be about to approve: a device that asks for
 * something else over and over must not make that its pace. A client that honestly asks for more within seconds is
 * told what waits, and at its next try after that makes the request it wants.
 */
export const LEAST_KEPT_MS = 10_000

/** `now`: milliseconds since the epoch. What has waited too long goes on the way. */
export function askForPairing(
  book: DeviceBook,
  ask: Ask,
  { waitsMs, most }: QueueRules,
  now: number,
): Asked {
  const over = book.requests().filter((request) => hasEnded(request, waitsMs, now))
  const resolved = over.map(({ requestId }) => requestId)
  const digest = digestOf(ask.need)
  const before = book.requestOf(ask.need.deviceId)
  const waiting = before === null || over.includes(before) ? null : before
  if (waiting !== null && waiting.digest === digest) {
    const request = refreshed(waiting, waitsMs, now)
    const change = { requests: request === waiting ? [] : [request], resolved }
    return { kind: 'waiting', request, fresh: false, replaced: null, change }
  }
  if (waiting !== null && isYoung(waiting.createdAt, now))
    return { kind: 'waiting', request: waiting, fresh: false, replaced: null, change: { resolved } }

  const others = book.requests().filter((request) => !over.includes(request) && request !== waiting)
  const bucket = guessBucket(ask.clientAddress)
  const neighbours = others.filter(({ clientAddress }) => guessBucket(clientAddress) === bucket)
  if (others.length >= most || neighbours.length >= MOST_OF_ONE_ADDRESS)
    return { kind: 'full', change: { resolved } }

  const request = newRequest(book, ask, digest, now)
  const change = {
    requests: [request],
    resolved: waiting === null ? resolved : [...resolved, waiting.requestId],
  }
  return { kind: 'waiting', request, fresh: true, replaced: waiting, change }
}

/** A clock that was set back must not make a request wait for ever. */
export function hasEnded(request: PairingRequest, waitsMs: number, now: number): boolean {
  return Math.abs(now - request.refreshedAt) >= waitsMs
}

/** A clock that was set back must not keep a request as it is for ever. */
export function isYoung(since: number, now: number): boolean {
  return Math.abs(now - since) < LEAST_KEPT_MS
}

/** The same one, where the time it waits began anew a moment ago: a device that asks without a pause writes little. */
function refreshed(request: PairingRequest, waitsMs: number, now: number): PairingRequest {
  const recent = Math.abs(now - request.refreshedAt) < Math.min(LEAST_KEPT_MS, waitsMs / 4)
  return recent ? request : { ...request, refreshedAt: now }
}

function newRequest(book: DeviceBook, ask: Ask, digest: string, now: number): PairingRequest {
  const { need, description, browserOrigin, clientAddress, onThisHost } = ask
  const known = book.find(need.deviceId)
  return {
    requestId: randomUUID(),
    digest,
    deviceId: need.deviceId,
    publicKey: need.publicKey,
    role: need.role,
    scopes: need.scopes,
    description,
    browserOrigin,
    remoteAddress: onThisHost ? null : clientAddress,
    clientAddress,
    isRepair: known !== null,
    createdAt: now,
    refreshedAt: now,
  }
}

/** What an approval is an approval of. */
function digestOf({ publicKey, role, scopes }: PairingNeed): string {
  return createHash('sha256')
    .update(JSON.stringify([publicKey, role, scopes]))
    .digest('hex')
}
