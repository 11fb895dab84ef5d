/** Sends spans to a collector by OTLP over HTTP, a batch at a time. One that is down costs a log line, and the spans. */
import { messageOf } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { otlpBody } from './otlp-json.ts'
import type { Span, SpanSink } from './span.ts'

export interface OtlpOptions {
  /** `…/v1/traces`. */
  readonly url: string
  readonly headers: Readonly<Record<string, Secret>>
  readonly version: string
  readonly log: {
    info(message: string): void
    warn(message: string): void
  }
}

const BATCH = 512
const MOST_WAITING = 2_048
const EVERY_MS = 2_000
const TIMEOUT_MS = 10_000
const LAST_WORDS_MS = 2_000

export class OtlpExporter implements SpanSink {
  readonly #options: OtlpOptions
  readonly #stopping = new AbortController()
  #waiting: Span[] = []
  #timer: NodeJS.Timeout | null = null
  #sending: Promise<void> | null = null
  #failing = false

  constructor(options: OtlpOptions) {
    this.#options = options
  }

  /** What comes while as many wait as may is dropped. */
  add(span: Span): void {
    if (this.#waiting.length >= MOST_WAITING || this.#stopping.signal.aborted) return
    this.#waiting.push(span)
    this.#timer ??= setTimeout(() => this.#go(), EVERY_MS).unref()
    if (this.#waiting.length >= BATCH) this.#go()
  }

  /** Sends what waits, as far as the collector is quick. */
  async stop(): Promise<void> {
    const late = setTimeout(() => this.#stopping.abort(), LAST_WORDS_MS)
    await this.#sending
    this.#go()
    await this.#sending
    clearTimeout(late)
    this.#stopping.abort()
  }

  #go(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null
    })
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const problem = await this.#send(this.#waiting.splice(0, BATCH))
      this.#say(problem)
      if (problem !== null) return
    }
  }

  /** `null`: taken. Never rejects. */
  async #send(spans: readonly Span[]): Promise<string | null> {
    const { url, headers, version } = this.#options
    const own = Object.entries(headers).map(([name, secret]) => [name, secret.reveal()] as const)
    try {
      const { status, body } = await fetch(url, {
        method: 'POST',
        headers: Object.fromEntries([...own, ['content-type', 'application/json']]),
        body: otlpBody(spans, version),
        // Another place than the configured one must not get the headers.
        redirect: 'error',
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      await body?.cancel()
      return status >= 200 && status < 300 ? null : `it answers ${status}`
    } catch (error) {
      return messageOf(error instanceof Error ? (error.cause ?? error) : error)
    }
  }

  /** Once when it begins to fail, once when it is over. */
  #say(problem: string | null): void {
    const { url, log } = this.#options
    if ((problem !== null) === this.#failing) return
    this.#failing = problem !== null
    if (problem === null) log.info(`${url} takes traces again`)
    else
      log.warn(
        `traces cannot be sent to ${url}: ${problem}. They are dropped until it takes them (telemetry.otlp.endpoint)`,
      )
  }
}
