/** What the pairing desk answers, as an operation says it: the wire's own words for each no (PROTOCOL 3.2). */
import { actorOf, type Actor } from '../pairing/authority.ts'
import type { Scope } from '../access/scopes.ts'
import { Refusal, type Call } from './types.ts'

export function callingActor({ principal, method }: Call): Actor {
  return actorOf(principal, method)
}

/** `what`: `device pairing approval`. The same words whatever was wrong (R13). */
export function denied(what: string): Refusal {
  return new Refusal('not_yours', `${what} denied`)
}

export function unknown(what: 'requestId' | 'deviceId' | 'nodeId'): Refusal {
  return new Refusal('unknown_pairing', `unknown ${what}`)
}

export function exceeds(scope: Scope): Refusal {
  return new Refusal('exceeds_own_scopes', `missing scope: ${scope}`)
}
