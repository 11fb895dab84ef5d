/** `security audit --deep`: tries the gateway that runs on the state dir, in at most three seconds. */
import { judgeAll, notRunning, type DeepEnd, type Tried } from '../audit/deep.ts'
import { PROBES } from '../audit/probes/index.ts'
import { MOST_REQUESTS, type LiveFacts } from '../audit/probes/types.ts'
import type { AuditFacts } from '../audit/types.ts'
import type { Loaded } from '../config/load.ts'
import { readGatewayInfo } from '../host/gateway-lock.ts'
import type { GatewayInfo } from '../host/gateway-info.ts'
import { liveFacts } from './audit-live.ts'
import { sendAll, type Way } from './audit-send.ts'

export interface DeepParts {
  readonly audit: AuditFacts
  readonly loaded: Loaded
  /** This node's Tailscale addresses. */
  readonly tailnet: readonly string[]
}

const WITHIN_MS = 3_000

export async function auditDeep(parts: DeepParts): Promise<DeepEnd & { readonly tookMs: number }> {
  const startedAt = performance.now()
  const end = await tryIt(parts)
  return { ...end, tookMs: Math.round(performance.now() - startedAt) }
}

async function tryIt(parts: DeepParts): Promise<DeepEnd> {
  const { stateDir } = parts.audit
  const state = readGatewayInfo(stateDir)
  if (state.kind === 'unknown')
    return notRunning(`Whether one runs cannot be told: ${state.message}`)
  if (state.kind === 'stopped') return notRunning(`No gateway runs on ${stateDir}`)
  if (state.info === null) return notRunning(`A gateway on ${stateDir} is starting`)
  return tryGateway(state.info, parts)
}

/** `info`: where it is. */
export async function tryGateway(info: GatewayInfo, parts: DeepParts): Promise<DeepEnd> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), WITHIN_MS)
  try {
    const { live, way } = await liveFacts({ ...parts, info, signal: late.signal })
    return judgeAll(live, await askAll(live, way))
  } finally {
    clearTimeout(timer)
  }
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
