/** What the gateway can say of itself: for `status`, for the agent's `/status`, and for a newcomer's snapshot. */
import type { GatewayFacts, ListeningAddress } from '../operations/status.ts'
import type { Agents } from '../agents/index.ts'
import { restartWarning } from '../config/needs-restart.ts'
import { systemClock } from '../core/clock.ts'
import type { LiveAccess } from './live-access.ts'
import { secretOrigins } from './ports.ts'
import type { StartOptions } from './start.ts'
import type { State } from './state.ts'

export interface FactParts {
  readonly start: StartOptions
  readonly state: State
  readonly live: LiveAccess
  readonly at: readonly ListeningAddress[]
  readonly startedAt: number
  readonly connections: () => number
  readonly problem: () => string | null
  readonly agents: () => Agents
  /** Settings that only a restart applies. */
  readonly waiting: () => readonly string[]
  /** A change that undoes itself, in words. */
  readonly trial: () => readonly string[]
}

export interface FactViews {
  readonly now: () => GatewayFacts
  readonly asText: () => ReadonlyMap<string, string>
  readonly snapshot: (viewer: 'administrator' | 'other') => object
}

export function gatewayFacts({
  start,
  state,
  live,
  at,
  startedAt,
  connections,
  problem,
  agents,
  waiting,
  trial,
}: FactParts): FactViews {
  const startedBind = live.current().loaded.config.gateway.bind
  const now = (): GatewayFacts => {
    const current = live.current()
    return {
      version: start.version,
      pid: process.pid,
      startedAt,
      uptimeMs: systemClock() - startedAt,
      listening: at,
      bind: startedBind,
      mode: current.mode,
      allowLocalDirect: current.allowLocalDirect,
      secrets: secretOrigins(current, state.fingerprints),
      configPath: current.loaded.location.file,
      stateDir: start.stateDir,
      recordWritable: state.record.writable,
      configError: problem(),
      connections: connections(),
      agents: agents().all.map(({ id }) => id),
      warnings: [
        ...trial(),
        ...waiting().map(restartWarning),
        ...current.warnings,
        ...state.warnings,
      ],
    }
  }
  return {
    now,
    asText: () => {
      const { version, uptimeMs, mode, bind, connections: open } = now()
      return new Map([
        ['version', version],
        ['up', `${Math.round(uptimeMs / 1000)} s`],
        ['auth mode', mode],
        ['bind', bind],
        ['connections', String(open)],
      ])
    },
    snapshot: (viewer) => ({
      sessionDefaults: {
        defaultAgentId: agents().defaultId,
        mainKey: 'main',
        mainSessionKey: `agent:${agents().defaultId}:main`,
      },
      ...(viewer === 'administrator' && {
        configPath: live.current().loaded.location.file,
        stateDir: start.stateDir,
        authMode: live.current().mode,
      }),
    }),
  }
}
