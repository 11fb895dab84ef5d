/** Requests that probes make up, and whom the gateway let in although its configuration would not. */
import type { Found } from '../types.ts'
import type { Answered, LiveFacts, Sent } from './types.ts'

/** Whoever comes with a forwarding header is no local caller, whatever his address (SPEC 2.3). RFC 5737: nobody's address. */
export const FROM_AFAR = 'X-Forwarded-For: 203.0.113.7'
/** RFC 6761: nobody's name. The record shows it, and so who asked. */
export const FOREIGN_NAME = 'openclaw-audit.invalid'
export const WHOAMI = '/api/v1/whoami'

export function http(path: string, ...headers: readonly string[]): Sent {
  return { over: 'port', as: 'http', method: 'GET', path, headers }
}

export function webSocket(path: string, ...headers: readonly string[]): Sent {
  return { over: 'port', as: 'websocket', method: 'GET', path, headers }
}

/**
 * Let in, where the decision code says no to the same request from the same address: what the configuration
 * itself lets in is another check's finding.
 */
export function wronglyLetIn(
  { audit }: LiveFacts,
  answers: readonly Answered[],
): readonly Answered[] {
  return answers.filter(({ sent, peer, letIn }) => {
    if (!letIn || peer === '') return false
    const { method, path, headers } = sent
    const named = headers.some((line) => /^host:/i.test(line))
    const lines = named ? headers : ['Host: localhost', ...headers]
    return audit.decide({ peer, method, path, headers: lines, uid: audit.uid }).kind === 'refused'
  })
}

/** One finding for all of them. */
export function reported(wrong: readonly Answered[], what: string, fix: string): readonly Found[] {
  if (wrong.length === 0) return []
  return [{ detail: `${what}: ${wrong.map(({ sent }) => inWords(sent)).join('; ')}`, fix }]
}

/** `GET /metrics with Host: openclaw-audit.invalid`. */
export function inWords({ as, over, method, path, headers }: Sent): string {
  const what = as === 'websocket' ? `WebSocket ${path}` : `${method} ${path}`
  const where = over === 'bridge' ? ' on the port for nodes' : ''
  const shown = headers.filter((line) => !/^authorization:/i.test(line))
  return `${what}${where}${shown.length === 0 ? '' : ` with ${shown.join(', ')}`}`
}

/** Whatever stands between is asked first: the gateway itself has refused. */
export const WHO_ANSWERS =
  'Stop it, look at what answers on that port (openclaw gateway status), and install the published version again'
