/**
 * Answers what was let in: one message of a conversation after the other, each once, whatever happens in between.
 * A message is over when its answer is on disk; until then a restart takes it up again.
 */
import type { Run } from '../agents/run.ts'
import type { Runs } from '../agents/runs.ts'
import type { Conversations } from '../agents/conversations.ts'
import type { Caller, RunEnd } from '../agents/types.ts'
import { unreachable } from '../core/never.ts'
import { pause, backoffMs } from './backoff.ts'
import type { MessageStore, Queued, Received } from './store.ts'

/** Conversations that are answered at the same time: fewer than the runs there may be, so that others find room. */
const AT_ONCE = 64
/** Messages of one sender in one conversation that may wait, and of all together: whoever writes faster is told so. */
export const MOST_WAITING = 32
export const MOST_WAITING_OF_ALL = 20_000

export interface AnsweringPorts {
  readonly store: Pick<MessageStore, 'finish'>
  readonly runs: Pick<Runs, 'submit'>
  readonly conversations: Pick<Conversations, 'answerOf'>
  /** As things are now: `null` where the sender may write no more, and the message is dropped. */
  readonly placeOf: (message: Received) => Place | null
  /** Answers a command of the gateway itself; `null` when it is none. */
  readonly command: (message: Received, place: Place) => Promise<string | null>
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
  /** What will be answered, once that is known and for as long as the disk does not take it. */
  said: string | null
}

interface Line {
  readonly waiting: Waiting[]
  /** Whoever writes too fast was told so, and hears it once until their messages are answered. */
  told: boolean
}

export class Answering {
  readonly #ports: AnsweringPorts
  readonly #signal: AbortSignal
  readonly #lines = new Map<string, Line>()
  readonly #ready: string[] = []
  #busy = 0
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
    const full = this.#size >= MOST_WAITING_OF_ALL || (line?.waiting.length ?? 0) >= MOST_WAITING
    if (full && !again) {
      void this.#turnAway(message, line)
      return
    }
    this.#size += 1
    const waiting = { message, again, said: null }
    if (line !== undefined) {
      line.waiting.push(waiting)
      return
    }
    this.#lines.set(key, { waiting: [waiting], told: false })
    this.#ready.push(key)
    this.#next()
  }

  #next(): void {
    while (this.#busy < AT_ONCE && !this.#signal.aborted) {
      const key = this.#ready.shift()
      if (key === undefined) return
      this.#busy += 1
      void this.#work(key).then(() => {
        this.#busy -= 1
        this.#next()
      })
    }
  }

  /** One message of the line; the next one goes to the back of the queue, so that nobody waits for a talker. */
  async #work(key: string): Promise<void> {
    const line = this.#lines.get(key)
    const waiting = line?.waiting[0]
    if (line === undefined || waiting === undefined) return
    const done = await this.#answer(waiting)
    if (!done) return
    line.waiting.shift()
    this.#size -= 1
    if (line.waiting.length > 0) this.#ready.push(key)
    else this.#lines.delete(key)
  }

  /** `false`: the gateway stops; the next start takes it up. */
  async #answer(waiting: Waiting): Promise<boolean> {
    for (let failures = 1; !this.#signal.aborted; failures += 1) {
      const ended = await this.#tryOnce(waiting).catch(() => 'later' as const)
      if (ended === 'over') return true
      waiting.again = true
      if (failures === 1)
        this.#ports.warn(`a message of ${waiting.message.channel} waits: it cannot be answered now`)
      await pause(backoffMs(failures), this.#signal)
    }
    return false
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
    await this.#finish(waiting.message, said)
    return 'over'
  }

  async #finish(message: Received, text: string | null): Promise<void> {
    const answers = text === null ? [] : this.#ports.pieces(message, text)
    await this.#ports.store.finish(message, answers)
    this.#ports.queued(answers)
  }

  /** Where the disk does not take it, the message waits for the next start of the gateway. */
  async #turnAway(message: Received, line: Line | undefined): Promise<void> {
    const told = line?.told === true
    if (line !== undefined) line.told = true
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
    })
    if (submitted.kind === 'refused')
      return submitted.why === 'unknown-agent' ? NOBODY_ANSWERS : LATER
    const draft = await this.#ports.show(message, submitted.run)
    waiting.message = { ...message, draft }
    return saidBy(await submitted.run.ended)
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
  return `${channel}:${account}:${messageId}`
}

function lineOf({ channel, account, conversation, sender }: Received): string {
  return `${channel}\n${account}\n${conversation.kind}\n${conversation.id}\n${sender.id}`
}
