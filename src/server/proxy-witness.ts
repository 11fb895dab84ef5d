/**
 * Notices the requests of a probe as they arrive, before anything is judged, and answers them like any other. Whoever
 * sends one learns nothing by it: what was seen is told to an administrator who asks (SPEC 14.4).
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/clock.ts'
import type {
  ProbeSettings,
  ProxyProbes,
  Sighting,
  StartedProbe,
} from '../operations/proxy-probe.ts'
import { connectionOf, peerOf } from './connection.ts'
import { collectEvidence, type NetworkPolicy } from './evidence.ts'

/** No route: strangers are answered 401 there, as everywhere. */
const PATH = '/api/v1/proxy-probe/'
const LASTS_MS = 60_000
const MOST_NAMES = 100
const MOST_CHARACTERS = 256

export interface WitnessParts {
  readonly network: () => NetworkPolicy
  readonly settings: () => ProbeSettings
  readonly clock: Clock
}

interface Running {
  readonly started: StartedProbe
  /** Nonces that nobody has shown yet. */
  readonly waiting: Map<string, number>
  readonly seen: Sighting[]
}

export class ProxyWitness implements ProxyProbes {
  readonly #parts: WitnessParts
  /** One at a time: nothing grows, however many are started. */
  #running: Running | null = null

  constructor(parts: WitnessParts) {
    this.#parts = parts
  }

  start(requests: number): StartedProbe {
    const { clock, settings } = this.#parts
    const nonces = Array.from({ length: requests }, () => randomBytes(16).toString('hex'))
    const mark = randomBytes(8).toString('hex')
    const started: StartedProbe = {
      probe: randomBytes(16).toString('hex'),
      nonces,
      path: PATH,
      // RFC 3849: addresses that are nobody's.
      marker: {
        text: `probe-${mark}`,
        address: `2001:db8:1${mark.slice(0, 3)}:1${mark.slice(3, 6)}::1`,
      },
      expiresAt: clock() + LASTS_MS,
      settings: settings(),
    }
    const waiting = new Map(nonces.map((nonce, at) => [nonce, at]))
    this.#running = { started, waiting, seen: [] }
    return started
  }

  read(probe: string): readonly Sighting[] | null {
    const running = this.#current()
    return running?.started.probe === probe ? running.seen : null
  }

  /** For every request and upgrade that comes over the network. */
  see(request: IncomingMessage, transport: Sighting['transport']): void {
    if (this.#running === null || request.url?.startsWith(PATH) !== true) return
    const running = this.#current()
    const nonce = request.url.slice(PATH.length)
    const at = running?.waiting.get(nonce)
    if (running === null || at === undefined) return
    running.waiting.delete(nonce)
    running.seen.push(this.#sighting(request, transport, { at, started: running.started }))
  }

  #current(): Running | null {
    const over = this.#running !== null && this.#parts.clock() >= this.#running.started.expiresAt
    if (over) this.#running = null
    return this.#running
  }

  #sighting(
    request: IncomingMessage,
    transport: Sighting['transport'],
    { at, started: { marker } }: { readonly at: number; readonly started: StartedProbe },
  ): Sighting {
    const headers = Object.entries(request.headers).map(([name, value = '']) => ({
      name: name.slice(0, MOST_CHARACTERS),
      value: String(value),
    }))
    const collected = collectEvidence(request, transport, this.#parts.network())
    const forwardedFor = String(request.headers['x-forwarded-for'] ?? '')
    const { address, trusted, loopback } = peerOf(
      connectionOf(request.socket),
      this.#parts.network(),
    )
    const evidence = collected.kind === 'evidence' ? collected.evidence : null
    return {
      request: at,
      transport,
      names: headers.map(({ name }) => name).slice(0, MOST_NAMES),
      forged: headers
        .filter(({ value }) => value.includes(marker.text) || value.includes(marker.address))
        .map(({ name }) => name)
        .slice(0, MOST_NAMES),
      host: (request.headers.host ?? '').slice(0, MOST_CHARACTERS),
      hops: forwardedFor.trim() === '' ? 0 : forwardedFor.split(',').length,
      forwarding: (evidence?.forwarding ?? []).slice(0, MOST_NAMES),
      peer: { address, trusted, loopback },
      clientAddress: evidence?.clientAddress ?? null,
      malformed: collected.kind === 'malformed' ? collected.detail : null,
    }
  }
}
