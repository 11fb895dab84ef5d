/** What is counted as it happens. Each part of the gateway has a port of its own here; all of them only add to a number. */
import { REASONS, type Reason } from '../access/reasons.ts'
import type { CredentialClass } from '../access/types.ts'
import type { RunEvent } from '../agents/types.ts'
import type { EndedRequest, Meter } from '../server/gateway.ts'
import { METRICS, type Metric, type MetricKey } from './catalogue.ts'
import { Counter, Histogram, type Sample } from './series.ts'

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const RUN_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

export type ReloadOutcome = 'applied' | 'refused'

export interface MeterParts {
  /** Classes of credentials, and networks: their series are there from the start, so that a rise from nothing shows. */
  readonly classes: readonly CredentialClass[]
  readonly channels: readonly string[]
}

export class Meters implements Meter {
  readonly #decisions = counterOf(METRICS.decisions)
  readonly #refusals = counterOf(METRICS.refusals)
  readonly #guesses = counterOf(METRICS.guesses)
  readonly #requests = histogramOf(METRICS.requestSeconds, REQUEST_SECONDS)
  readonly #runs = counterOf(METRICS.runs)
  readonly #runSeconds = histogramOf(METRICS.runSeconds, RUN_SECONDS)
  readonly #messages = counterOf(METRICS.messages)
  readonly #reloads = counterOf(METRICS.reloads)
  /** When the run that a session waits for began: one at a time. */
  readonly #begun = new Map<string, { readonly runId: string; readonly at: number }>()

  constructor({ classes, channels }: MeterParts) {
    for (const cls of classes) this.#guesses.add([cls], 0)
    this.#guesses.add(['loopback'], 0)
    for (const outcome of ['answered', 'aborted', 'failed']) this.#runs.add([outcome], 0)
    for (const outcome of ['applied', 'refused']) this.#reloads.add([outcome], 0)
    for (const channel of channels)
      for (const result of ['received', 'refused', 'sent', 'undeliverable'])
        this.#messages.add([channel, result], 0)
  }

  ended({ surface, operation, decision, outcome, ms }: EndedRequest): void {
    const method = decision?.kind === 'allowed' ? decision.method : 'none'
    if (outcome.kind === 'refused') {
      this.#decisions.add([surface, 'refused', REASONS[outcome.reason].tell, method])
      this.#refusals.add([outcome.reason])
    } else if (outcome.kind === 'failed') this.#decisions.add([surface, 'failed', 'failed', method])
    else this.#decisions.add([surface, 'allowed', 'none', method])
    if (ms !== null) this.#requests.observe([operation], ms / 1000)
  }

  guessed(cls: CredentialClass | 'loopback'): void {
    this.#guesses.add([cls])
  }

  run({ kind, sessionKey, runId, at }: RunEvent): void {
    if (kind === 'delta') return
    if (kind === 'started') return void this.#begun.set(sessionKey, { runId, at })
    this.#runs.add([kind === 'final' ? 'answered' : kind])
    const begun = this.#begun.get(sessionKey)
    // One that was stopped while it waited took no time.
    if (begun?.runId !== runId) return
    this.#begun.delete(sessionKey)
    this.#runSeconds.observe([], Math.max(0, at - begun.at) / 1000)
  }

  /** One came in. `reason`: why nobody heard it; `null`: it was heard. */
  message(channel: string, reason: Reason | null): void {
    this.#messages.add([channel, reason === null ? 'received' : 'refused'])
    if (reason === null) return this.#decisions.add(['channel', 'allowed', 'none', 'none'])
    this.#decisions.add(['channel', 'refused', REASONS[reason].tell, 'none'])
    this.#refusals.add([reason])
  }

  /** One went out, or never will. */
  answer(channel: string, result: 'sent' | 'undeliverable'): void {
    this.#messages.add([channel, result])
  }

  reloaded(outcome: ReloadOutcome): void {
    this.#reloads.add([outcome])
  }

  samples(): ReadonlyMap<MetricKey, readonly Sample[]> {
    return new Map<MetricKey, readonly Sample[]>([
      ['decisions', this.#decisions.samples()],
      ['refusals', this.#refusals.samples()],
      ['guesses', this.#guesses.samples()],
      ['requestSeconds', this.#requests.samples()],
      ['runs', this.#runs.samples()],
      ['runSeconds', this.#runSeconds.samples()],
      ['messages', this.#messages.samples()],
      ['reloads', this.#reloads.samples()],
    ])
  }
}

function counterOf({ labels }: Metric): Counter {
  return new Counter(Object.keys(labels))
}

function histogramOf({ labels }: Metric, bounds: readonly number[]): Histogram {
  return new Histogram(Object.keys(labels), bounds)
}
