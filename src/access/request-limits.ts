/** Limits requests: an API key's own `rate_limit`, and `security.rateLimit` by address and user (SPEC 6, 2.7). */
import type { Clock } from '../core/clock.ts'
import { AgeTable } from './throttle-table.ts'

/** What is left of one limit after a request. */
export interface RequestAllowance {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Until some of the limit comes back; when refused, until a request is allowed again. Whole milliseconds. */
  readonly resetMs: number
}

/** One limit that a request counts in. */
export interface RequestDemand {
  /** `api-key:deploy`, `ip:203.0.113.9`, `user:alice`. */
  readonly key: string
  readonly limit: number
}

/** Requests that came close together; they leave the window together, when the last of them does. */
interface Burst {
  readonly first: number
  last: number
  count: number
}

interface Account {
  readonly bursts: Burst[]
  used: number
  windowMs: number
}

/** A window remembers at most this many bursts: it never allows too much, and is stricter by at most a twentieth of its length. */
const BURSTS = 20
const EXPIRED_PER_TAKE = 2
const CAPACITY = 100_000

/**
 * A sliding window a key. When full, the key that was quiet longest starts anew; so keep addresses, which
 * anybody can flood, and credentials in two of these.
 */
export class RequestLimits {
  readonly #steady: Clock
  readonly #capacity: number
  readonly #accounts = new AgeTable<Account>()

  /** `steady`: never jumps (`performance.now`). */
  constructor(steady: Clock, capacity = CAPACITY) {
    this.#steady = steady
    this.#capacity = capacity
  }

  get size(): number {
    return this.#accounts.size
  }

  /** Counts one request, unless it is over the limit. */
  take(key: string, limit: number, windowMs: number): RequestAllowance {
    const now = this.#steady()
    const before = this.#look({ key, limit }, windowMs, now)
    if (!before.allowed) return before
    this.#count(key, windowMs, now)
    return this.#look({ key, limit }, windowMs, now, 'counted')
  }

  /** Counts one request in every limit, or in none when one of them is used up. The tightest answers; `null` without any. */
  takeAll(demands: readonly RequestDemand[], windowMs: number): RequestAllowance | null {
    const now = this.#steady()
    const refused = demands
      .map((demand) => this.#look(demand, windowMs, now))
      .filter(({ allowed }) => !allowed)
    if (refused.length > 0) return refused.reduce((a, b) => (b.resetMs > a.resetMs ? b : a))
    const taken = demands.map(({ key, limit }) => this.take(key, limit, windowMs))
    return taken.length === 0 ? null : taken.reduce((a, b) => (b.remaining < a.remaining ? b : a))
  }

  #look(
    { key, limit }: RequestDemand,
    windowMs: number,
    now: number,
    when: 'before' | 'counted' = 'before',
  ): RequestAllowance {
    const account = this.#accounts.get(key)
    if (account !== undefined) forget(account, now - windowMs)
    const used = account?.used ?? 0
    const oldest = account?.bursts[0]
    const resetMs = Math.ceil(oldest === undefined ? windowMs : oldest.last + windowMs - now)
    return {
      allowed: when === 'counted' || used < limit,
      limit,
      remaining: Math.max(0, limit - used),
      resetMs,
    }
  }

  #count(key: string, windowMs: number, now: number): void {
    const account = this.#accounts.get(key) ?? { bursts: [], used: 0, windowMs }
    const newest = account.bursts.at(-1)
    if (newest !== undefined && now - newest.first < windowMs / BURSTS) {
      newest.last = now
      newest.count += 1
    } else {
      account.bursts.push({ first: now, last: now, count: 1 })
    }
    account.used += 1
    account.windowMs = windowMs
    this.#accounts.append(key, account)
    this.#dropOld(now)
  }

  #dropOld(now: number): void {
    for (let n = 0; n < EXPIRED_PER_TAKE; n += 1) {
      const oldest = this.#accounts.oldest()
      if (oldest === null) return
      const last = oldest.value.bursts.at(-1)?.last ?? 0
      const expired = last + oldest.value.windowMs <= now
      if (expired || this.#accounts.size > this.#capacity) this.#accounts.delete(oldest.key)
    }
  }
}

/** The three headers of an answer, in whole seconds where they are times. */
export function rateLimitHeaders({ limit, remaining, resetMs }: RequestAllowance): {
  readonly 'RateLimit-Limit': string
  readonly 'RateLimit-Remaining': string
  readonly 'RateLimit-Reset': string
} {
  return {
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': String(Math.ceil(resetMs / 1_000)),
  }
}

/** At most `BURSTS` + 1 of them. */
function forget(account: Account, end: number): void {
  let oldest = account.bursts[0]
  while (oldest !== undefined && oldest.last <= end) {
    account.used -= oldest.count
    account.bursts.shift()
    oldest = account.bursts[0]
  }
}
