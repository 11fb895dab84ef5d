/**
 * Sends what waits, each conversation in order, within what the network allows, until it is sent or never can be.
 * What is here is on disk too: a restart goes on where it stopped.
 */
import type { Clock } from '../core/clock.ts'
import type { AccountRef } from '../senders/types.ts'
import { backoffMs, pause } from './backoff.ts'
import type { MessageStore, Queued } from './store.ts'
import type { ChannelAccount, Sent } from './types.ts'

export interface OutboxPorts {
  readonly store: Pick<MessageStore, 'forget'>
  readonly clock: Clock
  readonly sent: (account: AccountRef) => void
  /** For the operator: never the text. */
  readonly warn: (message: string) => void
}

/** Conversations of one account that are sent to at the same time. */
const AT_ONCE = 16

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
  #tokens: number
  #refilledAt = performance.now()
  #wake: () => void = () => {}

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

  /** In the order of their places within a conversation. */
  add(messages: readonly Queued[]): void {
    for (const message of messages) {
      const key = `${message.to.kind} ${message.to.id}`
      const line = this.#lines.get(key) ?? { waiting: [], failures: 0, notBefore: 0 }
      line.waiting.push(message)
      this.#lines.set(key, line)
    }
    this.#wake()
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
        const under = this.#sendOne(next.line, signal)
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
    await Promise.all(idle)
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

  async #sendOne(line: Line, signal: AbortSignal): Promise<void> {
    const [message] = line.waiting
    if (message === undefined) return
    this.#busy += 1
    this.#tokens -= 1
    line.notBefore = Infinity
    try {
      const { id, to, text, replyTo, buttons } = message
      const sent = await this.#account
        .send({ id, to, text, replyTo, buttons }, signal)
        .catch((): Sent => ({
          kind: 'later',
          afterMs: null,
          problem: 'the network cannot be reached',
        }))
      await this.#settle(line, message, sent)
    } finally {
      this.#busy -= 1
      this.#wake()
    }
  }

  async #settle(line: Line, message: Queued, sent: Sent): Promise<void> {
    const now = performance.now()
    if (sent.kind === 'later') {
      line.failures += 1
      line.notBefore = now + (sent.afterMs ?? backoffMs(line.failures))
      if (sent.afterMs !== null) this.#pausedUntil = Math.max(this.#pausedUntil, now + sent.afterMs)
      return
    }
    if (sent.kind === 'refused')
      this.#ports.warn(
        `${message.channel} (${message.account}) does not take an answer: ${sent.problem}`,
      )
    else this.#ports.sent(message)
    // Kept until the disk knows it: what cannot be forgotten is sent again after a restart, and only then.
    await this.#ports.store.forget(message.id).catch(() => {
      this.#ports.warn(
        `${message.channel} (${message.account}): the store does not take that an answer was sent`,
      )
    })
    line.waiting.shift()
    line.failures = 0
    line.notBefore = now + this.#account.limits.betweenMs
  }
}

/** Nothing to do but to be woken. */
const LONG_MS = 60_000
