/**
 * Answers what was let in: one message of a conversation after the other, each once, whatever happens in between.
 * A message is over when its answer is on disk; until then a restart takes it up again.
 */
import type { Run } from '../agents/run.ts'
import type { Runs } from '../agents/runs.ts'
import { NETWORK_KEY } from '../agents/submit.ts'
import type { Conversations } from '../agents/conversations.ts'
import type { Caller, RunEnd } from '../agents/types.ts'
import { unreachable } from '../core/never.ts'
import { pause, backoffMs } from './backoff.ts'
import { Slots } from './slots.ts'
import type { MessageStore, Queued, Received } from './store.ts'

/** Conversations that are answered at the same time: fewer than the runs there may be, so that others find room. */
const AT_ONCE = 64
/** Of those, the ones that share one conversation with the agent: it answers one after the other anyway. */
const OF_ONE_SESSION = 4
/** Commands of the gateway itself wait for no agent. */
const COMMANDS_AT_ONCE = 16
/** Messages of one sender in one conversation that may wait, and of all together: whoever writes faster is told so. */
export const MOST_WAITING = 32
export const MOST_WAITING_OF_ALL = 20_000
const MOST_TOLD = 10_000

export interface AnsweringPorts {
  readonly store: Pick<MessageStore, 'finish'>
  readonly runs: Pick<Runs, 'submit'>
  readonly conversations: Pick<Conversations, 'answerOf'>
  /** As things are now: `null` where the sender may write no more, and the message is dropped. */
  readonly placeOf: (message: Received) => Place | null
  /** Answers a command of the gateway itself; `null` when it is none. */
  readonly command: (message: Received, place: Place) => Promise<string | null>
  /** Answers that wait to be sent into the conversation of this message. */
  readonly unsent: (message: Received) => number
  /** Cut to what the network takes, with ids of their own. */
  readonly pieces: (message: Received, text: string) => readonly Queued[]
  /** Shows that an answer is made, until it is. Resolves to the message that shows it so far; `null` for none. Never rejects. */
  readonly show: (message: Received, run: Run) => Promise<string | null>
  readonly queued: (messages: readonly Queued[]) => void
  readonly warn: (message: string) => void
}

/** Where a message belongs. */
export interface Place {
  readonly agentId: string
  /** Canonical: `agent:<id>:<key>`. */
  readonly sessionKey: string
  readonly caller: Caller
  /** Nobody else has a part in this conversation. */
  readonly own: boolean
}

interface Waiting {
  message: Received
  /** It may have been begun before: by an earlier run of the gateway, or an earlier try. */
  again: boolean
  failures: number
  /** What will be answered, once that is known and for as long as the disk does not take it. */
  said: string | null
}

interface Line {
  readonly waiting: Waiting[]
  /** The conversation with an agent that it belongs to, as far as that is known. */
  readonly session: string
}

export class Answering {
  readonly #ports: AnsweringPorts
  readonly #signal: AbortSignal
  readonly #lines = new Map<string, Line>()
  readonly #talk = new Slots(AT_ONCE)
  readonly #commands = new Slots(COMMANDS_AT_ONCE)
  readonly #inSession = new Map<string, number>()
  /** Who writes too fast and was told so: once, until there is room for a message of theirs again. */
  readonly #told = new Set<string>()
  #size = 0

  /** When `signal` fires, nothing new is begun; what waits is on disk. */
  constructor(ports: AnsweringPorts, signal: AbortSignal) {
    this.#ports = ports
    this.#signal = signal
  }

  /** How many wait or are being answered. */
  get size(): number {
    return this.#size
  }

  add(message: Received, again: boolean): void {
    const key = lineOf(message)
    const line = this.#lines.get(key)
    const waitingHere = Math.max(line?.waiting.length ?? 0, this.#ports.unsent(message))
    const full = this.#size >= MOST_WAITING_OF_ALL || waitingHere >= MOST_WAITING
    if (full && !again) {
      void this.#turnAway(message, key)
      return
    }
    this.#told.delete(key)
    this.#size += 1
    const waiting = { message, again, failures: 0, said: null }
    if (line !== undefined) {
      line.waiting.push(waiting)
      return
    }
    const session = this.#ports.placeOf(message)?.sessionKey ?? key
    this.#lines.set(key, { waiting: [waiting], session })
    this.#enlist(key)
  }

  #enlist(key: string): void {
    const text = this.#lines.get(key)?.waiting[0]?.message.text ?? ''
    const slots = text.startsWith('/') ? this.#commands : this.#talk
    slots.put(key)
    this.#next(slots)
  }

  #next(slots: Slots): void {
    while (!this.#signal.aborted) {
      const key = slots.take((one) => slots === this.#commands || this.#hasRoom(one))
      if (key === null) return
      const session = this.#lines.get(key)?.session ?? key
      this.#count(session, 1)
      void this.#work(key).then((goesOn) => {
        slots.free()
        this.#count(session, -1)
        if (goesOn) this.#enlist(key)
        this.#next(slots)
      })
    }
  }

  #hasRoom(key: string): boolean {
    return (this.#inSession.get(this.#lines.get(key)?.session ?? key) ?? 0) < OF_ONE_SESSION
  }

  #count(session: string, by: 1 | -1): void {
    const count = (this.#inSession.get(session) ?? 0) + by
    if (count > 0) this.#inSession.set(session, count)
    else this.#inSession.delete(session)
  }

  /** One message of the line; the next one goes to the back of the queue, so that nobody waits for a talker. */
  async #work(key: string): Promise<boolean> {
    const line = this.#lines.get(key)
    const waiting = line?.waiting[0]
    if (line === undefined || waiting === undefined) return false
    const ended = await this.#tryOnce(waiting).catch(() => 'later' as const)
    if (ended === 'later') {
      this.#tryLater(key, waiting)
      return false
    }
    line.waiting.shift()
    this.#size -= 1
    if (line.waiting.length > 0) return true
    this.#lines.delete(key)
    return false
  }

  /** Nobody else waits meanwhile. When the gateway stops, the next start takes it up. */
  #tryLater(key: string, waiting: Waiting): void {
    waiting.again = true
    waiting.failures += 1
    if (waiting.failures === 1)
      this.#ports.warn(`a message of ${waiting.message.channel} waits: it cannot be answered now`)
    void pause(backoffMs(waiting.failures), this.#signal).then(() => {
      if (!this.#signal.aborted) this.#enlist(key)
    })
  }

  async #tryOnce(waiting: Waiting): Promise<'over' | 'later'> {
    const place = this.#ports.placeOf(waiting.message)
    // Taken away meanwhile: nothing that waited is read any more (R45).
    if (place === null) {
      await this.#finish(waiting.message, null)
      return 'over'
    }
    const said = waiting.said ?? (await this.#textFor(waiting, place))
    if (said === LATER) return 'later'
    waiting.said = said
    // Also while it was being answered.
    const allowed = this.#ports.placeOf(waiting.message) !== null
    await this.#finish(waiting.message, allowed ? said : null)
    return 'over'
  }

  async #finish(message: Received, text: string | null): Promise<void> {
    const answers = text === null ? [] : this.#ports.pieces(message, text)
    this.#ports.queued(await this.#ports.store.finish(message, answers))
  }

  /** Where the disk does not take it, the message waits for the next start of the gateway. */
  async #turnAway(message: Received, key: string): Promise<void> {
    const told = this.#told.has(key)
    if (this.#told.size < MOST_TOLD) this.#told.add(key)
    await this.#finish(message, told ? null : TOO_FAST).catch(() => undefined)
  }

  async #textFor(waiting: Waiting, place: Place): Promise<string | typeof LATER> {
    const { message, again } = waiting
    if (message.text === '') return TEXT_ONLY
    const said = await this.#ports.command(message, place)
    if (said !== null) return said
    const runId = runIdOf(message)
    const kept = again ? await this.#ports.conversations.answerOf(place.sessionKey, runId) : null
    if (kept !== null) return kept.stopReason === 'aborted' ? stopped(kept.text) : kept.text

    const { agentId, sessionKey, caller } = place
    const submitted = await this.#ports.runs.submit({
      agentId,
      sessionKey,
      caller,
      message: message.text,
      idempotencyKey: runId,
      again,
      callerNow: () => this.#ports.placeOf(message)?.caller ?? null,
    })
    if (submitted.kind === 'refused')
      return submitted.why === 'unknown-agent' ? NOBODY_ANSWERS : LATER
    const draft = await this.#ports.show(message, submitted.run)
    waiting.message = { ...message, draft }
    const end = await submitted.run.ended
    // What the gateway stops for its own end was stopped by nobody: the next start answers it.
    return end.kind === 'aborted' && this.#signal.aborted ? LATER : saidBy(end)
  }
}

function saidBy(end: RunEnd): string | typeof LATER {
  switch (end.kind) {
    case 'answered':
      return end.text
    case 'aborted':
      return stopped(end.text)
    case 'failed':
      return end.why === 'store' ? LATER : SOMETHING_WRONG
    default:
      return unreachable(end)
  }
}

/** What was said until somebody stopped it. */
function stopped(text: string): string {
  return `${text}\n\n(stopped)`.trim()
}

const LATER = Symbol('later')
/** To pictures, stickers, calls. */
const TEXT_ONLY = 'I read text only.'
const NOBODY_ANSWERS = 'No agent answers here at the moment.'
const TOO_FAST = 'You write faster than I answer: this I have not read. Write it again in a while.'
const SOMETHING_WRONG = 'Something went wrong while I answered. Write again in a moment.'

/** The same for the same message, whenever it is answered. */
export function runIdOf({ channel, account, messageId }: Received): string {
  return `${NETWORK_KEY}${channel}:${account}:${messageId}`
}

function lineOf({ channel, account, conversation, sender }: Received): string {
  return `${channel}\n${account}\n${conversation.kind}\n${conversation.id}\n${sender.id}`
}
