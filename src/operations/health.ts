/** `health`: is it well? Asked often and by everybody, so the answer is kept ready. */
import { z } from 'zod'
import { flag } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

/** A part of the protocol's health snapshot; closed there, so no member of our own. */
export interface HealthSummary {
  readonly ok: true
  /** When it was made, in milliseconds since the epoch. */
  readonly ts: number
  /** How long making it took. */
  readonly durationMs: number
  readonly defaultAgentId: string
  readonly configReload: { readonly hotReloadStatus: 'active' | 'disabled' }
}

export interface HealthPort {
  /** The last one made: the same object until the next, so a server may keep its bytes. */
  current(): HealthSummary
  /** Makes one now. */
  probe(): HealthSummary
}

/** A health answer that is made on demand and kept. `measure` must not throw. */
export function keptHealth(measure: () => HealthSummary): HealthPort {
  const kept = { summary: measure() }
  return {
    current: () => kept.summary,
    probe() {
      kept.summary = measure()
      return kept.summary
    },
  }
}

const input = z.strictObject({ probe: flag.optional() })

export function health(port: HealthPort): Operation {
  return defineOperation({
    name: 'health',
    summary: 'Whether the gateway is well.',
    requires: 'principal',
    changes: false,
    http: { method: 'GET', path: '/api/v1/health' },
    websocket: true,
    input,
    run: ({ probe }) => (probe === true ? port.probe() : port.current()),
  })
}
