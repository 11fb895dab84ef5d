/**
 * The one way in for messages of all networks: who wrote is decided on the envelope, and only what is let in is read,
 * kept and answered (SPEC 5). What a stranger wrote is read by nobody, but for one thing: while somebody is invited to the
 * account, whether it is the code of an invitation (`redeem.ts`).
 */
import type { Clock } from '../core/clock.ts'
import { unreachable } from '../core/never.ts'
import { admitSender, type SenderAdmission } from '../senders/admit.ts'
import { askAsSender, pairingReply, told, type SenderAsked } from '../senders/ask.ts'
import { noteLapse } from '../senders/lapse.ts'
import type { AccountRef } from '../senders/types.ts'
import { redeem, type Redeemed, type RedeemPorts } from './redeem.ts'
import type { MessageStore, Received } from './store.ts'
import type { Incoming } from './types.ts'

/** What became of one message: for the record and for tests. */
export type Reception =
  | { readonly kind: 'kept' }
  /** Delivered before. */
  | { readonly kind: 'repeated' }
  /** Too old to know whether it was: by its network's clock and ours. */
  | { readonly kind: 'stale' }
  /** `tried`: the invitation code that did not let them in. */
  | {
      readonly kind: 'asked'
      readonly told: boolean
      readonly full: boolean
      readonly tried?: Refused['tried']
    }
  | Extract<Redeemed, { kind: 'invited' }>
  | {
      readonly kind: 'denied'
      readonly reason: Extract<SenderAdmission, { kind: 'denied' }>['reason']
    }
  | { readonly kind: 'ignored' }

type Refused = Extract<Redeemed, { kind: 'refused' }>

export interface ReceptionPorts extends RedeemPorts {
  readonly store: Pick<MessageStore, 'receive'>
  /** A message was kept: somebody answers it now. */
  readonly kept: (message: Received) => void
  readonly record: (account: AccountRef, incoming: Incoming, reception: Reception) => void
  readonly clock: Clock
}

const GONE: SenderAdmission = { kind: 'denied', reason: 'policy_unknown' }

/** Resolves when the network may forget the message. Rejects when it could not be kept: the network delivers it again. */
export async function receive(
  account: AccountRef,
  incoming: Incoming,
  ports: ReceptionPorts,
): Promise<Reception> {
  const reception = await receiveBy(account, incoming, ports)
  ports.record(account, incoming, reception)
  return reception
}

/** For how long it is known that a message came: longer than any network delivers again (WhatsApp: seven days). */
export const REMEMBERED_MS = 8 * 86_400_000

async function receiveBy(
  account: AccountRef,
  incoming: Incoming,
  ports: ReceptionPorts,
): Promise<Reception> {
  const { desk } = ports
  // Older than what is remembered: somebody brings up what they once caught on its way.
  if (incoming.at < ports.clock() - REMEMBERED_MS) return { kind: 'stale' }
  await noteLapse(desk, { ...account, id: incoming.sender.id })
  const judged = (): SenderAdmission => judge(account, incoming, ports)
  const redeemed = await redeem({ account, incoming, ports, judge: judged })
  if (redeemed?.kind === 'invited') return redeemed
  const admission = judged()
  if (admission.kind !== 'asks') return settle(account, incoming, { ports, admission })
  const reception = await ask(account, incoming, ports)
  return redeemed !== null && reception.kind === 'asked'
    ? { ...reception, tried: redeemed.tried }
    : reception
}

function judge(account: AccountRef, incoming: Incoming, ports: ReceptionPorts): SenderAdmission {
  const rules = ports.rules(account)
  if (rules === null) return GONE
  return admitSender(incoming, { account, rules, approvals: ports.desk.book, now: ports.clock() })
}

type Settled = Exclude<SenderAdmission, { readonly kind: 'asks' }>

function settle(
  account: AccountRef,
  incoming: Incoming,
  { ports, admission }: { readonly ports: ReceptionPorts; readonly admission: Settled },
): Promise<Reception> {
  switch (admission.kind) {
    case 'ignored':
      return Promise.resolve(admission)
    case 'denied':
      return Promise.resolve(admission)
    case 'allowed':
      return keep(account, incoming, ports)
    default:
      return unreachable(admission)
  }
}

async function ask(
  account: AccountRef,
  incoming: Incoming,
  ports: ReceptionPorts,
): Promise<Reception> {
  const { desk } = ports
  const asker = { ...account, id: incoming.sender.id }
  const asked = await desk.tellOnce(asker, () => askOnce(account, incoming, ports))
  if (asked === null || asked.kind === 'known') return { kind: 'asked', told: false, full: false }
  if (asked.kind === 'full') return { kind: 'asked', told: false, full: true }
  if (asked.kind === 'tell') return { kind: 'asked', told: true, full: false }
  return settle(account, incoming, { ports, admission: asked })
}

async function askOnce(
  account: AccountRef,
  incoming: Incoming,
  ports: ReceptionPorts,
): Promise<SenderAsked | Settled> {
  const { desk } = ports
  const { sender, conversation } = incoming
  const asked = await desk.turn<SenderAsked | Settled>((book, now) => {
    // Judged again now that nothing changes under it: whoever came first may bear the name, an operator may have let them in.
    const admission = judge(account, incoming, ports)
    if (admission.kind !== 'asks') return { result: admission }
    const result = askAsSender(
      book,
      { account, sender, entry: admission.entry, conversation: conversation.id },
      now,
    )
    if (result.kind === 'known') return { result }
    const { change } = result
    if (result.kind === 'full' || change === null) return { result, change }
    return { result, change, events: [{ kind: 'requested', request: result.request }] }
  })
  if (asked.kind !== 'tell') return asked
  const { request } = asked
  await ports.reply([
    {
      ...account,
      id: `pairing:${request.requestId}`,
      to: conversation,
      text: pairingReply(request),
      replyTo: null,
      replaces: null,
      buttons: [],
    },
  ])
  // Of a request that was resolved meanwhile nothing is left to say.
  await desk.turn((book) => {
    const waiting = book.request(request.requestId)
    return waiting === null ? { result: null } : { result: null, change: told(waiting) }
  })
  return asked
}

const FORWARDED = 'Forwarded message:'

async function keep(
  account: AccountRef,
  incoming: Incoming,
  ports: ReceptionPorts,
): Promise<Reception> {
  const { messageId, conversation, sender } = incoming
  // What has no text is kept too: it is answered once, and in its turn.
  const words = (incoming.read() ?? '').toWellFormed().replaceAll('\0', '').trim()
  // Whoever passes on what a stranger wrote has not said it: it is for the agent to read, and no command (R50).
  const text = incoming.forwarded && words !== '' ? `${FORWARDED}\n${words}` : words
  const message: Received = {
    ...account,
    messageId,
    conversation,
    sender,
    text,
    receivedAt: ports.clock(),
    draft: null,
  }
  if (!(await ports.store.receive(message))) return { kind: 'repeated' }
  ports.kept(message)
  return { kind: 'kept' }
}
