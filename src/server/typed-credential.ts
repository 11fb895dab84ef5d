/** A secret that came in the body of a request, judged like one that came in a header. */
import type { Secret } from '../core/secret.ts'
import type { Evidence } from '../access/types.ts'
import { toCredentials } from './credentials.ts'

/** The same request with this one credential and no other. */
export function withCredential(evidence: Evidence, secret: Secret): Evidence {
  return {
    ...evidence,
    credentials: toCredentials([{ value: secret.reveal(), source: 'the login form' }], null),
  }
}

/** A device's token that somebody else holds up: without a proof of the key, as over HTTP, and whatever role it is for. */
export function withToken(evidence: Evidence, token: Secret): Evidence {
  return {
    ...evidence,
    transport: 'http',
    credentials: toCredentials([{ value: token.reveal(), source: 'node.pair.verify' }], null),
    requestedScopes: null,
    requestedRole: null,
    device: null,
  }
}
