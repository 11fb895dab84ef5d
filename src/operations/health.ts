/** `health`: is it well? Asked often and by everybody, so the answer is kept ready. */
import { z } from 'zod'
import { holds } from '../access/scopes.ts'
import type { Clock } from '../core/clock.ts'
import type { AgentSessions, SessionCounts, SessionStore } from './agent-sessions.ts'
import { flag } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

/** What everybody may know. A part of the protocol's health snapshot; closed there, so no member of our own. */
export interface HealthSummary {
  readonly ok: true
  /** When it was made, in milliseconds since the epoch. */
  readonly ts: number
  /** How long making it took. */
  readonly durationMs: number
  readonly configReload: { readonly hotReloadStatus: 'active' | 'disabled' }
}

/** What readers see. */
export interface FullHealth extends HealthSummary {
  /** Only ever with `agents`: without them, clients look for it among their own, and stop where it is none of them. */
  readonly defaultAgentId: string
  readonly agents: readonly (AgentSessions & { readonly heartbeat: typeof NO_HEARTBEAT })[]
  readonly sessions: SessionStore
}

/** No agent of this version speaks unasked. */
const NO_HEARTBEAT = {
  enabled: false,
  every: '0m',
  everyMs: null,
  prompt: '',
  target: 'none',
  ackMaxChars: 0,
} as const

export interface HealthPort {
  /** The same object until the next one is made, so a server may keep its bytes. */
  summary(): HealthSummary
  /** The last one made; a promise only where that is too old. */
  current(): FullHealth | Promise<FullHealth>
  /** Makes one now. */
  probe(): Promise<FullHealth>
}

export interface HealthSources {
  readonly configReload: () => HealthSummary['configReload']
  readonly defaultAgentId: () => string
  readonly sessions: () => Promise<SessionCounts>
  readonly clock: Clock
}

/** Counting asks the store: so many milliseconds, once is enough. */
const KEPT_MS = 5_000

export function keptHealth(sources: HealthSources): HealthPort {
  const { sessions, clock } = sources
  const summed = (durationMs: number): HealthSummary => ({
    ok: true,
    ts: clock(),
    durationMs,
    configReload: sources.configReload(),
  })
  const kept: {
    summary: HealthSummary
    full: FullHealth | null
    making: Promise<FullHealth> | null
  } = { summary: summed(0), full: null, making: null }

  const make = async (): Promise<FullHealth> => {
    const began = clock()
    const { byAgent, all } = await sessions()
    kept.summary = summed(Math.max(0, clock() - began))
    kept.full = {
      ...kept.summary,
      defaultAgentId: sources.defaultAgentId(),
      agents: byAgent.map((agent) => ({ ...agent, heartbeat: NO_HEARTBEAT })),
      sessions: all,
    }
    return kept.full
  }
  const probe = (): Promise<FullHealth> =>
    (kept.making ??= make().finally(() => {
      kept.making = null
    }))
  return {
    summary: () => kept.summary,
    current: () => (kept.full !== null && clock() - kept.full.ts < KEPT_MS ? kept.full : probe()),
    probe,
  }
}

const input = z.strictObject({ probe: flag.optional() })

export function health(port: HealthPort): Operation {
  return defineOperation({
    name: 'health',
    summary: 'Whether the gateway is well; to readers, with its agents and their conversations.',
    requires: 'principal',
    changes: false,
    http: { method: 'GET', path: '/api/v1/health' },
    websocket: true,
    input,
    run({ probe }, { principal }) {
      if (!holds(principal.scopes, 'operator.read')) return port.summary()
      return probe === true ? port.probe() : port.current()
    },
  })
}
