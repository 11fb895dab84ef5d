/** What each operation asks for, joined to the running parts. */
import { join } from 'node:path'
import { newToken } from '../core/ids.ts'
import { systemClock } from '../core/clock.ts'
import type { OperationPorts } from '../operations/index.ts'
import type { Lifecycle } from '../operations/gateway-stop.ts'
import type { HealthPort } from '../operations/health.ts'
import type { StatusPort } from '../operations/status.ts'
import type { TokenConnections, TokenSettings } from '../operations/token-rotation.ts'
import type { Explain } from '../operations/auth-explain.ts'
import { findRequest, listRecord } from '../record/read.ts'
import type { Presence } from '../server/websocket/presence.ts'
import { createdWith } from './created-credentials.ts'
import type { LiveAccess } from './live-access.ts'
import { configView } from './ports.ts'
import type { State } from './state.ts'
import { tokenBrownouts, tokenSessions } from './token-brownouts.ts'

export interface OperationParts {
  readonly stateDir: string
  readonly state: State
  readonly live: LiveAccess
  readonly chat: OperationPorts['chat']
  readonly presence: Presence
  readonly health: HealthPort
  readonly status: StatusPort
  readonly explain: Explain
  readonly settings: TokenSettings
  readonly connections: TokenConnections
  readonly devices: OperationPorts['devices']
  readonly nodes: OperationPorts['nodes']
  readonly pairing: OperationPorts['pairing']
  readonly login: OperationPorts['login']
  readonly channels: OperationPorts['channels']
  readonly senders: OperationPorts['senders']
  readonly metrics: OperationPorts['metrics']
  readonly proxyProbes: OperationPorts['proxyProbes']
  readonly lifecycle: Lifecycle
  readonly configProblem: () => string | null
  readonly trial: Omit<OperationPorts['config'], 'view'>
  /** A key was revoked or rotated: whoever came with it is judged again. */
  readonly judgeAll: () => void
}

export function operationPorts(parts: OperationParts): OperationPorts {
  const { state, chat, live } = parts
  const { throttle, apiKeys, fingerprints, record } = state
  const records = join(parts.stateDir, 'records')
  return {
    health: parts.health,
    status: parts.status,
    presence: parts.presence,
    config: {
      view: () => configView(live.current(), parts.configProblem(), fingerprints),
      change: (wanted, call) => parts.trial.change(wanted, call),
      waiting: () => parts.trial.waiting(),
      letInSince: (call) => parts.trial.letInSince(call),
      keep: (change) => parts.trial.keep(change),
    },
    channels: parts.channels,
    senders: parts.senders,
    chat,
    log: state.log,
    metrics: parts.metrics,
    record: {
      list: (filter) => listRecord(records, filter),
      // What waits to be written is part of the record for whoever asks.
      find: async (requestId) => {
        await record.flush()
        return findRequest(records, requestId)
      },
    },
    explain: parts.explain,
    lockouts: { throttle, clock: systemClock },
    apiKeys: { keys: apiKeys, clock: systemClock, onDead: parts.judgeAll },
    token: {
      settings: parts.settings,
      usage: state.usage,
      connections: parts.connections,
      created: { createdWith: (fingerprint) => createdWith(fingerprint, { records, apiKeys }) },
      brownout: tokenBrownouts(state, parts.judgeAll),
      deviceName: (deviceId) => state.pairing.book.find(deviceId)?.name ?? null,
      sessionsOf: (fingerprint) => tokenSessions(fingerprint, live.access().policy.secrets, state),
      now: systemClock,
      newToken,
      fingerprint: (secret) => fingerprints.own(secret),
    },
    review: {
      lastUse: state.lastUse,
      devices: () => state.pairing.book.devices(),
      connected: parts.devices.connected,
      approvals: () => state.senders.book.approvals(),
      keys: () => apiKeys.list(),
      users: () => live.access().policy.identityScopes,
      now: systemClock,
    },
    devices: parts.devices,
    nodes: parts.nodes,
    pairing: parts.pairing,
    login: parts.login,
    proxyProbes: parts.proxyProbes,
    lifecycle: parts.lifecycle,
  }
}
