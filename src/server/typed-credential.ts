/** A secret typed into the page, judged like one that came in a header. */
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
