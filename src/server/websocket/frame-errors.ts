/** Turns an Outcome into an error frame: what `reply.ts` is for HTTP (PROTOCOL 1.2, 4.2). */
import { unreachable } from '../../core/never.ts'
import { REASONS, type Reason } from '../../access/reasons.ts'
import { CATEGORIES } from '../reply.ts'
import type { Outcome } from '../outcome.ts'
import { traced, type WireError } from './frame-text.ts'

type Refused = Extract<Outcome, { kind: 'refused' }>

type NotServed = Exclude<Outcome, { kind: 'served' }>

interface About {
  readonly requestId: string
  readonly role: string
}

export function frameError(outcome: NotServed, about: About): WireError {
  return traced(errorOf(outcome, about), about.requestId)
}

function errorOf(outcome: NotServed, { requestId, role }: About): WireError {
  if (outcome.kind === 'failed') {
    const message = `something went wrong on our side (request ${requestId})`
    return { code: 'UNAVAILABLE', message }
  }
  if (outcome.reason === 'role_not_allowed')
    return { code: 'INVALID_REQUEST', message: `unauthorized role: ${role}` }
  if (outcome.reason === 'missing_scope') return missingScope(outcome.missing ?? 'operator.admin')

  const { tell } = REASONS[outcome.reason]
  const message = outcome.message ?? CATEGORIES[tell].message
  const own = OWN_WORDS[outcome.reason]
  if (own !== undefined) return { message, ...own }
  switch (tell) {
    case 'forbidden':
      return { code: 'FORBIDDEN', message }
    case 'throttled':
    case 'unavailable':
    case 'upstream':
    case 'failed':
      return { code: 'UNAVAILABLE', message, retryable: true, ...retryAfter(outcome) }
    case 'malformed':
    case 'invalid':
    case 'unauthenticated':
    case 'not-found':
    case 'wrong-verb':
    case 'conflict':
    case 'too-large':
      return { code: 'INVALID_REQUEST', message }
    default:
      return unreachable(tell)
  }
}

/** Where the wire has another code for a reason than for its category, or says more (PROTOCOL 3.2, 3.7). */
const OWN_WORDS: { readonly [Name in Reason]?: Omit<WireError, 'message'> } = {
  not_yours: { code: 'INVALID_REQUEST' },
  exceeds_own_scopes: { code: 'INVALID_REQUEST' },
  node_unknown: { code: 'UNAVAILABLE', retryable: true, details: { code: 'PAIRING_CHANGED' } },
  node_not_connected: { code: 'UNAVAILABLE', retryable: true, details: { code: 'NOT_CONNECTED' } },
  node_command_not_allowed: { code: 'INVALID_REQUEST' },
  // The command may have run: asking again with another key would run it twice.
  node_timeout: { code: 'UNAVAILABLE', details: { code: 'TIMEOUT' } },
  node_failed: { code: 'UNAVAILABLE', details: { code: 'NODE_ERROR' } },
}

export function missingScope(scope: string): WireError {
  return {
    code: 'FORBIDDEN',
    message: `missing scope: ${scope}`,
    details: { code: 'MISSING_SCOPE', missingScope: scope, requiredScopes: [scope] },
  }
}

function retryAfter({ retryAfterMs }: Refused): { readonly retryAfterMs?: number } {
  return retryAfterMs > 0 ? { retryAfterMs: Math.ceil(retryAfterMs) } : {}
}
