/**
 * Sends what waits, each conversation in order, within what the network allows, until it is sent or never can be.
 * What is here is on disk too: a restart goes on where it stopped.
 */
import type { Clock } from '../core/clock.ts'
import type { AccountRef } from '../senders/types.ts'
import { backoffMs, pause } from './backoff.ts'
import type { MessageStore, Queued } from './store.ts'
import type { Address, ChannelAccount, Sent } from './types.ts'

export interface OutboxPorts {
  readonly store: Pick<MessageStore, 'forget'>
  readonly clock: Clock
  /** Asked right before each try: `false`, and nobody is to hear it any more. */
  readonly due: (message: Queued) => boolean
  readonly sent: (account: AccountRef) => void
  /** The network will never take it. */
  readonly refused: (account: AccountRef) => void
  /** For the operator: never the text. */
  readonly warn: (message: string) => void
}

/** Conversations of one account that are sent to at the same time. */
const AT_ONCE = 16
/** How long what is under way may take once everything stops: cut short, it would have to be sent again. */
const GRACE_MS = 3_000

type Later = Extract<Sent, { readonly kind: 'later' }>
/** Nobody tried: it was not due any more. */
interface Withdrawn {
  readonly kind: 'withdrawn'
}

interface Line {
  readonly waiting: Queued[]
  failures: number
  /** By `performance.now()`: not before then. */
  notBefore: number
}

/** The way out of one account. */
export class Outbox {
  readonly #account: ChannelAccount
  readonly #ports: OutboxPorts
  readonly #lines = new Map<string, Line>()
  #busy = 0
  #pausedUntil = 0
  /** The conversation that the network said wait about last, and until when. */
  #limited: { readonly line: Line; readonly until: number } | null = null
  #tokens: number
  #refilledAt = performance.now()
  #wake: () => void = () => {}
  readonly #late = new AbortController()

  constructor(account: ChannelAccount, ports: OutboxPorts) {
    this.#account = account
    this.#ports = ports
    this.#tokens = account.limits.perSecond
  }

  /** How many wait. */
  get size(): number {
    return [...this.#lines.values()].reduce((sum, { waiting }) => sum + waiting.length, 0)
  }

  /** What was not sent, in order: another outbox goes on with it. */
  left(): readonly Queued[] {
    return [...this.#lines.values()]
      .flatMap(({ waiting }) => waiting)
      .sort((a, b) => a.place - b.place)
  }

  waitingFor(to: Address): number {
    return this.#lines.get(lineOf(to))?.waiting.length ?? 0
  }

  /** In the order of their places within a conversation. */
  add(messages: readonly Queued[]): void {
    for (const message of messages) {
      this.#line(message.to).waiting.push(message)
    }
    this.#wake()
  }

  /**
   * Sends at once, and never instead of what waits: `null` where something does, or the network has enough for the moment.
   * Whatever is added to that conversation meanwhile comes after it.
   */
  async between(to: Address, send: () => Promise<Sent>): Promise<Sent | null> {
    const now = performance.now()
    this.#refill(now)
    const line = this.#line(to)
    const free = line.waiting.length === 0 && line.notBefore <= now && this.#pausedUntil <= now
    // Half of what the network takes is left to answers that are complete.
    if (!free || this.#busy >= AT_ONCE / 2 || this.#tokens < this.#account.limits.perSecond / 2)
      return null
    const sent = await this.#through(line, send)
    const pauseMs = sent.kind === 'later' ? this.#pauseOf(line, sent) : 0
    line.notBefore = performance.now() + Math.max(this.#betweenMs(to), pauseMs)
    this.#wake()
    return sent
  }

  /** Resolves when `signal` fires and nothing is under way. */
  async run(signal: AbortSignal): Promise<void> {
    const idle: Promise<void>[] = []
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      const next = this.#next()
      if (next.kind === 'send') {
        const under = this.#sendOne(next.line)
        idle.push(under)
        void under.then(() => idle.splice(idle.indexOf(under), 1))
        continue
      }
      const timer = new AbortController()
      const stop = AbortSignal.any([signal, timer.signal])
      // Timers count whole milliseconds, and one that is too long fires at once: a network may say any number.
      const waitMs = Math.ceil(Math.min(next.waitMs, LONG_MS))
      await Promise.race([woken, pause(waitMs, stop)])
      timer.abort()
    }
    const late = setTimeout(() => this.#late.abort(), GRACE_MS)
    await Promise.all(idle)
    clearTimeout(late)
  }

  #line(to: Address): Line {
    const key = lineOf(to)
    const line = this.#lines.get(key) ?? { waiting: [], failures: 0, notBefore: 0 }
    this.#lines.set(key, line)
    return line
  }

  #next():
    | { readonly kind: 'send'; readonly line: Line }
    | { readonly kind: 'wait'; readonly waitMs: number } {
    const now = performance.now()
    this.#refill(now)
    if (this.#busy >= AT_ONCE) return { kind: 'wait', waitMs: LONG_MS }
    if (this.#pausedUntil > now) return { kind: 'wait', waitMs: this.#pausedUntil - now }
    let soonest = LONG_MS
    for (const [key, line] of this.#lines) {
      const waitMs = line.notBefore - now
      if (line.waiting.length === 0) {
        // Not before: whatever is added in the meantime has to wait for it.
        if (waitMs <= 0) this.#lines.delete(key)
        continue
      }
      if (waitMs > 0) {
        soonest = Math.min(soonest, waitMs)
        continue
      }
      if (this.#tokens < 1)
        return {
          kind: 'wait',
          waitMs: ((1 - this.#tokens) * 1_000) / this.#account.limits.perSecond,
        }
      // To the back: nobody who gets many messages keeps others from theirs.
      this.#lines.delete(key)
      this.#lines.set(key, line)
      return { kind: 'send', line }
    }
    return { kind: 'wait', waitMs: soonest }
  }

  #refill(now: number): void {
    const { perSecond } = this.#account.limits
    const more = ((now - this.#refilledAt) * perSecond) / 1_000
    this.#tokens = Math.min(perSecond, this.#tokens + more)
    this.#refilledAt = now
  }

  async #sendOne(line: Line): Promise<void> {
    const [message] = line.waiting
    if (message === undefined) return
    const sent = await this.#through(line, () => this.#deliver(message))
    await this.#settle(line, message, sent)
    this.#wake()
  }

  /** One request of a conversation, and no other of it meanwhile. */
  async #through<Done>(line: Line, send: () => Promise<Done>): Promise<Done | Later> {
    this.#busy += 1
    this.#tokens -= 1
    line.notBefore = Infinity
    try {
      return await send()
    } catch {
      return { kind: 'later', afterMs: null, problem: 'the network cannot be reached' }
    } finally {
      this.#busy -= 1
    }
  }

  async #deliver(queued: Queued): Promise<Sent | Withdrawn> {
    if (!this.#ports.due(queued)) return { kind: 'withdrawn' }
    const { id, to, text, replyTo, replaces, buttons } = queued
    const { signal } = this.#late
    const message = { id, to, text, replyTo, buttons }
    if (replaces === null || this.#account.edit === undefined)
      return this.#account.send(message, signal)
    const edited = await this.#account.edit(replaces, message, signal)
    // Somebody deleted it meanwhile: the answer is theirs all the same.
    return edited.kind === 'refused' ? this.#account.send(message, signal) : edited
  }

  /** The network's word for a pause holds for the conversation; said of two, it is meant for the whole account. */
  #pauseOf(line: Line, { afterMs }: { readonly afterMs: number | null }): number {
    if (afterMs === null) return 0
    const now = performance.now()
    const { line: other = line, until = 0 } = this.#limited ?? {}
    if (other !== line && until > now)
      this.#pausedUntil = Math.max(this.#pausedUntil, now + afterMs)
    this.#limited = { line, until: now + afterMs }
    return afterMs
  }

  #betweenMs({ kind }: Address): number {
    const { betweenMs, groupBetweenMs } = this.#account.limits
    return kind === 'group' ? groupBetweenMs : betweenMs
  }

  async #settle(line: Line, message: Queued, sent: Sent | Withdrawn): Promise<void> {
    const now = performance.now()
    if (sent.kind === 'later') {
      line.failures += 1
      line.notBefore =
        now + (sent.afterMs === null ? backoffMs(line.failures) : this.#pauseOf(line, sent))
      return
    }
    if (sent.kind === 'refused') {
      this.#ports.refused(message)
      this.#ports.warn(
        `${message.channel} (${message.account}) does not take an answer: ${sent.problem}`,
      )
    }
    if (sent.kind === 'sent') this.#ports.sent(message)
    // Kept until the disk knows it: what cannot be forgotten is sent again after a restart, and only then.
    await this.#ports.store.forget(message.id).catch(() => {
      this.#ports.warn(
        `${message.channel} (${message.account}): the store does not take that an answer was sent`,
      )
    })
    line.waiting.shift()
    line.failures = 0
    line.notBefore = now + this.#betweenMs(message.to)
  }
}

/** What is sent one after the other. */
export function lineOf({ kind, id }: Address): string {
  return `${kind} ${id}`
}

/** Nothing to do but to be woken. */
const LONG_MS = 60_000
