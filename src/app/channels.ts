/** Joins the chat networks to the gateway: messages in by one way, answers out by the outbox of their account. */
import { senderSubject, type LastUse } from '../access/last-use.ts'
import { Answering } from '../channels/answering.ts'
import { commandIn } from '../channels/commands.ts'
import { ChannelHost } from '../channels/host.ts'
import { problemOf } from '../channels/kind.ts'
import { isDue, letIn, type LetInDoor, type LetInPorts } from '../channels/let-in.ts'
import type { OwnerPorts } from '../channels/owner-decides.ts'
import { noticesFor, pressed, type OwnerNotice } from '../channels/owner-notice.ts'
import { receive, type Reception } from '../channels/reception.ts'
import type { RedeemPorts } from '../channels/redeem.ts'
import { showWhile } from '../channels/showing.ts'
import type { Queued, Received } from '../channels/store.ts'
import type { Cursor, Incoming, Receiver } from '../channels/types.ts'
import type { Agents } from '../agents/index.ts'
import type { Conversations } from '../agents/conversations.ts'
import type { Runs } from '../agents/runs.ts'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../host/log.ts'
import type { Recorder } from '../record/types.ts'
import type { SenderDesk } from '../senders/desk.ts'
import type { AccountRef } from '../senders/types.ts'
import type { Meta } from '../storage/meta.ts'
import { messageStore } from '../storage/channel-messages.ts'
import type { Webhook } from '../server/gateway.ts'
import type { Store } from '../storage/open.ts'
import type { Meters } from '../telemetry/meters.ts'
import { channelPlans, senderRules } from './channel-plans.ts'
import { ownersOf, piecesOf, placesFor } from './channel-place.ts'
import { showingOf } from './channel-showing.ts'
import { channelUpkeep, sayUnreadable } from './channel-upkeep.ts'
import { recordChatChange, recordMessage } from './channel-record.ts'

export interface ChannelParts {
  readonly config: () => Config
  readonly store: Store
  readonly meta: Meta
  readonly desk: SenderDesk
  readonly inviterStands: RedeemPorts['inviterStands']
  readonly agents: () => Agents
  readonly runs: Runs
  readonly conversations: Conversations
  readonly record: Recorder
  readonly meters: Meters
  /** Who was heard, and when. */
  readonly lastUse: Pick<LastUse, 'saw'>
  readonly newRequestId: () => string
  readonly log: Log
  readonly clock: Clock
}

export interface Channels {
  readonly host: ChannelHost
  /** Goes on where the last run of the gateway stopped, and opens the accounts. */
  start(): Promise<void>
  /** After a reload. */
  apply(): Promise<void>
  /** Queues messages that answer nothing: notices, and what an operator sends. On disk when it resolves. */
  readonly post: (messages: readonly Omit<Queued, 'place'>[]) => Promise<void>
  /** The one way to let in who asked. */
  readonly letIn: LetInDoor
  /** Of an account that its network calls; `null` for all others. */
  webhook(channel: string, account: string): Webhook | null
  /** The owner hears of it where they can be reached. */
  tellOwner(notice: OwnerNotice): void
  /** Nothing new is answered: what waits is the next start's. */
  pause(): void
  stop(): Promise<void>
}

const TEXT_LIMIT = 4_000

export function joinChannels(parts: ChannelParts): Channels {
  const { config, desk, store, log, clock, agents } = parts
  const messages = messageStore(store, sayUnreadable(log))
  const upkeep = channelUpkeep({ store: messages, log, clock })
  const rules = senderRules(config)
  const places = { last: 0 }
  const stopping = new AbortController()
  const placed = (list: readonly Omit<Queued, 'place'>[]): readonly Queued[] =>
    list.map((message) => ({ ...message, place: (places.last += 1) }))
  const post = async (list: readonly Omit<Queued, 'place'>[]): Promise<void> => {
    host.send(await messages.queue(placed(list)))
  }
  const recorded = recordMessage(parts)
  const stale = seldom(clock, ({ channel, account }) =>
    log.warn(
      `${channel} (${account}): a message of more than 8 days ago came again and was left out: is the clock of this machine right?`,
    ),
  )
  const door: LetInPorts = { desk, rules, clock, post, warn: (message) => log.warn(message) }
  const owner: OwnerPorts = {
    desk,
    letIn: (asked, actor) => letIn(door, asked, actor),
    recorded: recordChatChange(parts),
  }
  const reception = {
    ...owner,
    inviterStands: parts.inviterStands,
    store: messages,
    rules,
    reply: post,
    kept: (message: Received) => {
      const { channel, account, sender } = message
      parts.lastUse.saw(senderSubject(channel, account, sender.id), clock())
      answering.add(message, false)
    },
    record: (ref: AccountRef, incoming: Incoming, what: Reception) => {
      if (what.kind === 'stale') stale(ref)
      recorded(ref, incoming, what)
    },
    clock,
  }
  const belongs = placesFor({ config, desk, rules, agents, clock })
  const receiverOf = (ref: AccountRef): Receiver => ({
    async message(incoming) {
      host.sawInbound(ref)
      await receive(ref, incoming, reception)
    },
    async press(press) {
      const admission = belongs.admit(ref, press)
      if (admission.kind === 'allowed') return pressed(press, belongs.caller(ref, press), owner)
      // Whoever is not heard presses nothing.
      const reason = admission.kind === 'denied' ? admission.reason : 'sender_not_allowed'
      recorded(ref, press, { kind: 'denied', reason })
      return null
    },
    connected: () => log.info(`${ref.channel} (${ref.account}) is connected`),
  })
  const host = new ChannelHost({
    store: messages,
    receiver: receiverOf,
    clock,
    due: (message) => isDue(message, door),
    answered: ({ channel }, result) => parts.meters.answer(channel, result),
    problemOf,
    warn: (message) => log.warn(message),
  })
  const answering = new Answering(
    {
      store: messages,
      runs: parts.runs,
      conversations: parts.conversations,
      placeOf: belongs.placeOf,
      command: (message, place) =>
        commandIn(message, place, { ...owner, conversations: parts.conversations, clock }),
      pieces: (message, text) =>
        placed(piecesOf(message, text, host.account(message)?.limits.text ?? TEXT_LIMIT)),
      unsent: (message) => host.unsentTo(message, message.conversation),
      queued: (list) => host.send(list),
      show: (message, run) => {
        const showing = showingOf(message, { host, store: messages, signal: stopping.signal })
        return showWhile(run, message.draft, showing, stopping.signal)
      },
      warn: (message) => log.warn(message),
    },
    stopping.signal,
  )
  const apply = (): Promise<void> => host.apply(plans())
  const plans = () =>
    channelPlans(config(), (ref) => ({
      cursor: cursorOf(parts.meta, ref),
      warn: (message) => log.warn(message),
    }))
  return {
    host,
    post,
    letIn: owner.letIn,
    async start() {
      const { waiting, queued } = await messages.load()
      places.last = queued.at(-1)?.place ?? 0
      await upkeep.start()
      host.send(queued)
      for (const message of waiting) answering.add(message, true)
      await apply()
    },
    apply,
    webhook(channel, account) {
      const ref = { channel, account }
      const open = host.account(ref)
      if (open?.hook === undefined) return null
      const { hook } = open
      return { take: (request) => hook(request, receiverOf(ref)) }
    },
    tellOwner(notice) {
      const notices = noticesFor(notice, ownersOf(config()))
      if (notices.length === 0) return
      post(notices).catch((error: unknown) =>
        log.failure('the owner was not told who asks or came', error),
      )
    },
    pause: () => stopping.abort(),
    async stop() {
      stopping.abort()
      upkeep.stop()
      await host.stop()
    },
  }
}

const SELDOM_MS = 3_600_000

/** Once an hour at most. */
function seldom(clock: Clock, say: (ref: AccountRef) => void): (ref: AccountRef) => void {
  const last = { at: -Infinity }
  return (ref) => {
    if (Math.abs(clock() - last.at) < SELDOM_MS) return
    last.at = clock()
    say(ref)
  }
}

function cursorOf(meta: Meta, { channel, account }: AccountRef): Cursor {
  const name = `channel:${channel}:${account}:cursor`
  return { get: () => meta.get(name), set: (value) => meta.set(name, value) }
}
