/** Turns an Outcome into an error frame: what `reply.ts` is for HTTP (PROTOCOL 1.2, 4.2). */
import { unreachable } from '../../core/never.ts'
import { REASONS } from '../../access/reasons.ts'
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

  if (outcome.reason === 'not_yours' || outcome.reason === 'exceeds_own_scopes')
    return { code: 'INVALID_REQUEST', message: outcome.message ?? 'denied' }

  const { tell } = REASONS[outcome.reason]
  const message = outcome.message ?? CATEGORIES[tell].message
  switch (tell) {
    case 'forbidden':
      return { code: 'FORBIDDEN', message }
    case 'throttled':
    case 'unavailable':
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
