/** Liveness and readiness: fixed bodies for anyone, whatever they present (PROTOCOL 6.2). */
import { json, type Answer } from './reply.ts'

const LIVE = json(200, { ok: true, status: 'live' })
const READY = json(200, { ready: true })
const NOT_READY = json(503, { ready: false })
const STARTED = json(200, { ok: true, status: 'started' })

/** `null` for whatever is not exactly one of the probes. */
export function probe(method: string, url: string, ready: () => boolean): Answer | null {
  if (method !== 'GET' && method !== 'HEAD') return null
  switch (url) {
    case '/health':
    case '/healthz':
      return LIVE
    case '/ready':
    case '/readyz':
      return ready() ? READY : NOT_READY
    case '/startup':
    case '/startupz':
      return STARTED
    default:
      return null
  }
}
