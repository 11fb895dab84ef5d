/** `proxy-probe.start` and `proxy-probe.read`: what arrives here of what the owner sends through the public address (SPEC 14.4). */
import * as z from 'zod'
import { defineOperation, Refusal, type Operation } from './types.ts'

/** One try to see what a proxy lets through. */
export interface StartedProbe {
  readonly probe: string
  /** One for each request, each for one alone; the path of a request ends with it. */
  readonly nonces: readonly string[]
  /** `/api/v1/proxy-probe/`: what a nonce is put behind. */
  readonly path: string
  /** What stands in forged values, so that the gateway knows them again. */
  readonly marker: { readonly text: string; readonly address: string }
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Headers that mean something to this gateway, lower-case. */
  readonly settings: ProbeSettings
}

export interface ProbeSettings {
  readonly mode: string
  readonly userHeader: string | null
  readonly requiredHeaders: readonly string[]
  /** Of a signed assertion. */
  readonly assertionHeader: string | null
  /** `gateway.auth.tailscale` is on. */
  readonly tailscale: boolean
}

/** What one request of a probe had when it arrived: names alone, but for what says how it was forwarded. */
export interface Sighting {
  /** Which of the nonces it carried, from 0. */
  readonly request: number
  readonly transport: 'http' | 'websocket'
  /** Lower-case. */
  readonly names: readonly string[]
  /** Those whose value holds the marker: what was forged, and came through. */
  readonly forged: readonly string[]
  readonly host: string
  /** Hops of X-Forwarded-For. */
  readonly hops: number
  /** Headers by which a request is known to be forwarded. */
  readonly forwarding: readonly string[]
  readonly peer: { readonly address: string; readonly trusted: boolean; readonly loopback: boolean }
  /** Whom it is attributed to; `null`: it is malformed, and nobody. */
  readonly clientAddress: string | null
  /** Why it is malformed. */
  readonly malformed: string | null
}

export interface ProxyProbes {
  /** Ends the one before it. */
  start(requests: number): StartedProbe
  /** `null`: no such probe, or its minute is over. */
  read(probe: string): readonly Sighting[] | null
}

export function proxyProbeStart(probes: ProxyProbes): Operation {
  return defineOperation({
    name: 'proxy-probe.start',
    summary: 'For a minute, remembers what headers arrive with the requests of one probe.',
    requires: 'operator.admin',
    changes: true,
    http: { method: 'POST', path: '/api/v1/proxy-probes' },
    websocket: true,
    input: z.strictObject({ requests: z.int().min(1).max(16) }),
    run: ({ requests }) => probes.start(requests),
  })
}

export function proxyProbeRead(probes: ProxyProbes): Operation {
  return defineOperation({
    name: 'proxy-probe.read',
    summary: 'What has arrived of a probe so far: names of headers, never their values.',
    requires: 'operator.admin',
    changes: false,
    http: { method: 'GET', path: '/api/v1/proxy-probes/:probe' },
    websocket: true,
    input: z.strictObject({ probe: z.string().max(64) }),
    run: ({ probe }) => {
      const sightings = probes.read(probe)
      if (sightings === null)
        throw new Refusal(
          'invalid_input',
          'there is no such probe, or its minute is over: start another',
        )
      return { sightings }
    },
  })
}
