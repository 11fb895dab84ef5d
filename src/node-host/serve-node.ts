/** Serves one gateway as a node until it is told to stop, or refused for good; waits where an approval is missing. */
import { setTimeout as pause } from 'node:timers/promises'
import { runSession, type SessionEnd, type SessionParts } from './session.ts'
import type { GatewayRefusal } from './types.ts'

/** Somebody has to type something: the first time is soon, then less and less often. */
const FIRST_WAIT_MS = 3_000
const LONGEST_WAIT_MS = 30_000
const LOCKED_WAIT_MS = 60_000

export async function serveNode(parts: SessionParts): Promise<SessionEnd> {
  const { host, signal } = parts
  const over = new AbortController()
  // What runs is ended, and the gateway hears of it, before the connection goes.
  const stop = () => void host.stop().then(() => over.abort())
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const end = await untilRefused({ ...parts, signal: over.signal })
  signal.removeEventListener('abort', stop)
  await host.stop()
  return end
}

async function untilRefused(parts: SessionParts): Promise<SessionEnd> {
  const { signal, tell, connections } = parts
  const state = { wasConnected: false, waitMs: FIRST_WAIT_MS }
  for (;;) {
    const credential = state.wasConnected ? null : parts.credential
    const end = await runSession({ ...parts, credential })
    if (end.kind !== 'refused' || connections === 'first') return end
    state.wasConnected ||= end.wasConnected
    const { wasConnected } = state
    const retryMs = waitFor(end.refusal, { wasConnected, waitMs: state.waitMs })
    if (retryMs === null) return { ...end, wasConnected }

    tell({ kind: 'waiting', refusal: end.refusal, retryMs })
    await pause(retryMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return { kind: 'stopped' }
    state.waitMs = Math.min(state.waitMs * 2, LONGEST_WAIT_MS)
  }
}

/** Milliseconds; `null`: asking again would be refused again, or would ask to be let in after somebody took that away. */
function waitFor(
  { details, retryAfterMs }: GatewayRefusal,
  { wasConnected, waitMs }: { readonly wasConnected: boolean; readonly waitMs: number },
): number | null {
  switch (codeIn(details)) {
    // Where the gateway takes this machine for its owner's, a token that was taken away is no mismatch but a new request.
    case 'PAIRING_REQUIRED':
      return wasConnected ? null : waitMs
    case 'AUTH_RATE_LIMITED':
      return Math.max(retryAfterMs ?? LOCKED_WAIT_MS, waitMs)
    default:
      return null
  }
}

function codeIn(details: unknown): unknown {
  return typeof details === 'object' && details !== null && 'code' in details ? details.code : null
}
