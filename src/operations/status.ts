/** `status`: where the gateway listens, how it decides, and where each secret came from (SPEC 1). */
import { z } from 'zod'
import { holds } from '../access/scopes.ts'
import type { AccessPolicy, Listener, Principal } from '../access/types.ts'
import type { SessionCounts } from './agent-sessions.ts'
import { flag } from './query-values.ts'
import { defineOperation, type Operation } from './types.ts'

export interface ListeningAddress {
  readonly listener: Listener
  /** `127.0.0.1`, or the path of the owner's socket. */
  readonly address: string
  /** `null` for a socket file. */
  readonly port: number | null
}

/** One configured secret, shown without itself. */
export interface SecretOrigin {
  /** `gateway.auth.token`. */
  readonly setting: string
  /** In words: `openclaw.json`, `environment variable OPENCLAW_GATEWAY_TOKEN`. */
  readonly source: string
  readonly fingerprint: string
}

/** What `status` is made of; asked at each call. */
export interface GatewayFacts {
  readonly version: string
  readonly pid: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly uptimeMs: number
  readonly listening: readonly ListeningAddress[]
  readonly bind: string
  readonly mode: AccessPolicy['mode']
  readonly allowLocalDirect: boolean
  readonly secrets: readonly SecretOrigin[]
  readonly configPath: string
  readonly stateDir: string
  /** False: changes are refused until the record can be written again (SPEC 10). */
  readonly recordWritable: boolean
  /** Why the file on disk is not what is in force; `null` when it is. */
  readonly configError: string | null
  readonly connections: number
  readonly agents: readonly string[]
  readonly warnings: readonly string[]
}

export interface StatusPort {
  facts(): GatewayFacts
  sessions(): Promise<SessionCounts>
}

/** The wire's clients send both; neither changes anything here: channels have `channels.status`. */
const input = z.strictObject({
  includeChannelSummary: flag.optional(),
  includeCliProjection: flag.optional(),
})

export function status(port: StatusPort): Operation {
  return defineOperation({
    name: 'status',
    summary: 'Where the gateway listens, how it decides, and where each secret came from.',
    requires: 'operator.read',
    changes: false,
    http: { method: 'GET', path: '/api/v1/status' },
    websocket: true,
    input,
    run: async (_input, { principal }) => ({
      ...visibleTo(principal, port.facts()),
      ...inTheirWords(await port.sessions()),
    }),
  })
}

/** Paths, the mode and the secrets' origins are an administrator's, as in the protocol's hello. */
function visibleTo(principal: Principal, facts: GatewayFacts) {
  const { mode, allowLocalDirect, secrets, configPath, stateDir, configError, warnings, ...open } =
    facts
  if (!holds(principal.scopes, 'operator.admin')) {
    return { ...open, listening: open.listening.filter(({ listener }) => listener !== 'owner') }
  }
  return {
    ...open,
    auth: { mode, allowLocalDirect, secrets },
    configPath,
    stateDir,
    configError,
    warnings,
  }
}

/** What the protocol's clients take from a status; they stop where it is missing. */
function inTheirWords({ byAgent, all }: SessionCounts) {
  return {
    channelSummary: [],
    sessions: {
      paths: [all.path],
      count: all.count,
      defaults: { model: null, contextTokens: null },
      recent: all.recent,
      byAgent: byAgent.map(({ agentId, sessions }) => ({ agentId, ...sessions })),
    },
  }
}
