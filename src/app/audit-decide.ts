/** Asks the real decision code what would become of a made-up request: no effects, nobody locked out, no gateway needed. */
import { authenticate } from '../access/authenticate.ts'
import { screen } from '../access/screen.ts'
import type { Access, Facts } from '../access/types.ts'
import type { Decided, MadeUp } from '../audit/decided.ts'
import { canonicalAddress } from '../core/address.ts'
import { evidenceFrom, type NetworkPolicy } from '../server/evidence.ts'
import { madeUpConnection, parseHeaders } from '../server/made-up.ts'
import { secretInQuery } from '../server/strict-http.ts'

export interface AuditAccess {
  readonly access: Access
  readonly network: NetworkPolicy
  readonly now: number
}

export function auditDecide({ access, network, now }: AuditAccess) {
  return ({
    peer: written,
    method = 'GET',
    path = '/api/v1/whoami',
    headers: lines = [],
    uid,
    tailnetLogin,
  }: MadeUp): Decided => {
    const peer = canonicalAddress(written)
    const parsed = parseHeaders(lines)
    if (peer === null || parsed === null) throw new Error(`no request: ${written} ${lines.join()}`)
    const head = { method, url: path, ...parsed }
    const connection = madeUpConnection(peer)
    const tailnet = tailnetLogin === undefined ? {} : { listener: 'tailscale' as const }
    const from = { connection: { ...connection, ...tailnet }, transport: 'http' as const }
    const collected = evidenceFrom(head, from, network)
    if (collected.kind === 'malformed') return refused(collected.reason)
    if (secretInQuery(path, method)) return refused('credential_in_query')
    const { evidence } = collected
    const screened = screen(evidence, access.policy, 'operation')
    if (screened !== null) return refused(screened)
    const facts = factsFor(tailnetLogin, uid ?? access.policy.ownUid, access)
    const decision = authenticate(evidence, facts, access, now)
    if (decision.kind === 'need')
      throw new Error(`the decision still turns on ${decision.fact} after it was given`)
    if (decision.kind === 'denied') return refused(decision.reason)
    const { principal } = decision
    return {
      kind: 'allowed',
      principal: `${principal.kind}:${principal.id}`,
      via: decision.method,
      scopes: principal.scopes,
    }
  }
}

/** Whatever the decision may turn on is known at once: nothing is asked of this host. */
function factsFor(login: string | undefined, uid: number, { policy }: Access): Facts {
  if (login === undefined)
    return { peerOwner: { kind: 'uid', uid }, tailnet: { kind: 'unknown-address' } }
  const [daemon = 0] = policy.tailscaledUids
  const tailnet = { kind: 'user' as const, login, displayName: login }
  return { peerOwner: { kind: 'uid', uid: daemon }, tailnet }
}

function refused(reason: string): Decided {
  return { kind: 'refused', reason }
}
