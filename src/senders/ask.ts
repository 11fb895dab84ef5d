/** A stranger writes: the request that this makes, whether they are told their code, or that there is no room (SPEC 5). */
import { randomUUID } from 'node:crypto'
import type { SenderBook } from './book.ts'
import { newCode } from './code.ts'
import type { AccountRef, SenderChange, SenderFacts, SenderRequest } from './types.ts'

/** How long a code can be approved; a stranger who goes on writing is told the next one then. Milliseconds. */
export const CODE_MS = 3_600_000
/** Strangers of one account who may wait at a time: a flood of them fills no other's queue (R20). */
export const MOST_WAITING = 3

export interface SenderAsk {
  readonly account: AccountRef
  readonly sender: SenderFacts
  /** The name of `allowFrom` that they bear. */
  readonly entry: string | null
  /** The direct conversation that they write in, as the network names it. */
  readonly conversation: string
}

export type SenderAsked =
  /** They are told the code: once that is on its way, {@link told} says so. `change`: `null` where the request was there. */
  | {
      readonly kind: 'tell'
      readonly request: SenderRequest
      readonly change: SenderChange | null
    }
  /** They have heard all that they hear this hour. */
  | { readonly kind: 'known' }
  | { readonly kind: 'full'; readonly change: SenderChange | null }

/** `now`: milliseconds since the epoch. Requests that are over go on the way. */
export function askAsSender(book: SenderBook, ask: SenderAsk, now: number): SenderAsked {
  const { account, sender, entry, conversation } = ask
  const here = book.requestsAt(account)
  const over = here.filter((request) => isOver(request, now))
  const earlier = book.requestOf({ ...account, id: sender.id })
  if (earlier !== null && !over.includes(earlier)) {
    const known = earlier.told || earlier.rejected
    return known ? { kind: 'known' } : { kind: 'tell', request: earlier, change: null }
  }

  const resolved = over.map(({ requestId }) => requestId)
  const waiting = here.filter((request) => !over.includes(request) && !request.rejected)
  if (waiting.length >= MOST_WAITING)
    return { kind: 'full', change: resolved.length === 0 ? null : { resolved } }

  const request: SenderRequest = {
    ...account,
    id: sender.id,
    requestId: randomUUID(),
    code: newCode((code) => book.requestByCode(account.channel, code) !== null),
    entry,
    names: sender.names,
    displayName: sender.displayName,
    conversation,
    createdAt: now,
    told: false,
    rejected: false,
  }
  return { kind: 'tell', request, change: { requests: [request], resolved } }
}

/** A clock that was set back must not keep a code for ever. */
export function isOver({ createdAt }: Pick<SenderRequest, 'createdAt'>, now: number): boolean {
  return Math.abs(now - createdAt) >= CODE_MS
}

/** The one reply that a stranger gets. */
export function pairingReply({ code }: Pick<SenderRequest, 'code'>): string {
  return `Pairing required. Code: ${code}`
}

/** The reply is on its way: they hear nothing more until the request is over. */
export function told(request: SenderRequest): SenderChange {
  return { requests: [{ ...request, told: true }] }
}
