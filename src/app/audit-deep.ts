/** `security audit --deep`: tries the gateway that runs on the state dir, in at most three seconds. */
import { setTimeout } from 'node:timers/promises'
import { judgeAll, notRunning, type DeepEnd, type Tried } from '../audit/deep.ts'
import { PROBES } from '../audit/probes/index.ts'
import { MOST_REQUESTS, type LiveFacts } from '../audit/probes/types.ts'
import type { AuditFacts } from '../audit/types.ts'
import type { Loaded } from '../config/load.ts'
import { readGatewayInfo, type GatewayState } from '../host/gateway-lock.ts'
import type { GatewayInfo } from '../host/gateway-info.ts'
import { liveFacts } from './audit-live.ts'
import { sendAll, type Way } from './audit-send.ts'

export interface DeepParts {
  readonly audit: AuditFacts
  readonly loaded: Loaded
  /** This node's Tailscale addresses. */
  readonly tailnet: readonly string[]
}

/** For all requests together; with the wait for one that starts it stays below three seconds. */
const WITHIN_MS = 2_000
const START_MS = 800
const LOOK_MS = 20

export async function auditDeep(parts: DeepParts): Promise<DeepEnd & { readonly tookMs: number }> {
  const startedAt = performance.now()
  const end = await tryIt(parts)
  return { ...end, tookMs: Math.round(performance.now() - startedAt) }
}

async function tryIt(parts: DeepParts): Promise<DeepEnd> {
  const { stateDir } = parts.audit
  const state = await stateOf(stateDir)
  if (state.kind === 'unknown')
    return notRunning(`Whether one runs cannot be told: ${state.message}`)
  if (state.kind === 'stopped') return notRunning(`No gateway runs on ${stateDir}`)
  if (state.info === null) return notRunning(`A gateway on ${stateDir} is starting`)
  return tryGateway(state.info, parts)
}

/** One that has just started says where it is a moment after it holds the lock. */
async function stateOf(stateDir: string): Promise<GatewayState> {
  const deadline = performance.now() + START_MS
  for (;;) {
    const state = readGatewayInfo(stateDir)
    const starting = state.kind === 'running' && state.info === null
    if (!starting || performance.now() >= deadline) return state
    await setTimeout(LOOK_MS)
  }
}

/** `info`: where it is. */
async function tryGateway(info: GatewayInfo, parts: DeepParts): Promise<DeepEnd> {
  const signal = AbortSignal.timeout(WITHIN_MS)
  const { live, way } = await liveFacts({ ...parts, info, signal })
  return judgeAll(live, await askAll(live, way))
}

/** One probe after the other: of wrong credentials in particular none overtakes another. */
async function askAll(live: LiveFacts, way: Way): Promise<readonly Tried[]> {
  const tried: Tried[] = []
  const left = { count: MOST_REQUESTS }
  for (const probe of PROBES) {
    const first = probe.requests?.(live).slice(0, left.count) ?? []
    const answers = await sendAll(first, way)
    const more = probe.more?.(answers).slice(0, left.count - first.length) ?? []
    left.count -= first.length + more.length
    tried.push({ probe, answers: [...answers, ...(await sendAll(more, way))] })
  }
  return tried
}
