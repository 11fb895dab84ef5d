/** What the record keeps of a request: evidence, decision and outcome in one entry, fingerprints only. */
import type { Decision, DeviceClaim, Evidence } from '../access/types.ts'
import { shortId } from '../core/ids.ts'
import type { RequestEntry } from '../record/types.ts'
import type { Outcome } from './outcome.ts'

export interface Recorded {
  readonly requestId: string
  readonly at: number
  readonly operation: string
  readonly evidence: Evidence | null
  readonly peer: string
  readonly decision: Decision | null
  readonly outcome: Outcome | { readonly kind: 'pending' }
  readonly detail?: string
}

/** Before an outcome is known it is `pending`: the opening entry of a change. */
export function requestEntry({
  requestId,
  at,
  operation,
  evidence,
  peer,
  decision,
  outcome,
  detail,
}: Recorded): RequestEntry {
  const allowed = decision?.kind === 'allowed' ? decision : null
  return {
    requestId,
    at,
    surface: evidence === null ? 'http' : surfaceOf(evidence),
    operation,
    ...(evidence !== null && { via: evidence.listener, ...wishOf(evidence) }),
    peer,
    client: decision?.clientAddress ?? evidence?.clientAddress ?? peer,
    forwarding: (evidence?.forwarding ?? [])
      .slice(0, MAX_NAMES)
      .map((name) => name.slice(0, MAX_NAME)),
    host: evidence === null ? '' : hostText(evidence),
    origin: shownOrigin(evidence?.browser.origin ?? null),
    outcome: outcomeWord(outcome),
    principal: allowed === null ? null : principalName(allowed),
    method: allowed?.method ?? null,
    fingerprint: allowed?.fingerprint ?? null,
    code: outcome.kind === 'refused' ? outcome.code : null,
    failures: decision?.failures ?? [],
    trace: traceOf(decision, outcome, detail),
  }
}

/** Nothing where a request asks for nothing in particular: the way of almost all over HTTP. */
function wishOf(evidence: Evidence): Pick<RequestEntry, 'wish'> {
  const { scopesHeader, requestedScopes, requestedRole, device, controlUi } = evidence
  if (requestedRole === null && scopesHeader === null) return {}
  return {
    wish: {
      scopes: requestedScopes,
      cap: scopesHeader,
      role: requestedRole,
      device: device === null ? null : shownDevice(device),
      ui: controlUi,
    },
  }
}

function shownDevice({ id, proof }: DeviceClaim): string {
  return proof.kind === 'valid' ? shortId(id) : 'invalid'
}

/** What is no origin may be anything, a secret pasted into the wrong header too (R59): it is only said that something came. */
function shownOrigin(origin: string | null): string | null {
  if (origin === null || origin === 'null') return origin
  return /^[a-z][a-z0-9+.-]{0,20}:\/\/[\w.:[\]-]{1,255}$/i.test(origin) ? origin : '?'
}

/** Names that a caller made up must not fill the record. */
const MAX_NAMES = 16
const MAX_NAME = 64

export function surfaceOf({
  listener,
  transport,
}: Evidence): Exclude<RequestEntry['surface'], 'channel'> {
  return listener === 'owner' ? 'owner' : transport
}

export function principalName({ principal }: Extract<Decision, { kind: 'allowed' }>): string {
  const { kind, id } = principal
  return `${kind}:${kind === 'device' ? shortId(id) : id}`
}

function outcomeWord(outcome: Recorded['outcome']): RequestEntry['outcome'] {
  if (outcome.kind === 'refused') return 'refused'
  return outcome.kind === 'failed' ? 'failed' : 'allowed'
}

/** The methods' own steps, and what ended the request outside of them. */
function traceOf(
  decision: Decision | null,
  outcome: Recorded['outcome'],
  detail: string | undefined,
): RequestEntry['trace'] {
  const steps = decision?.trace ?? []
  if (outcome.kind !== 'refused' || decision?.kind === 'denied') return steps
  const step = outcome.missing === null ? 'screen' : 'scope'
  return [
    ...steps,
    { step, verdict: 'reject', reason: outcome.reason, detail: detail ?? detailOf(outcome) },
  ]
}

/** What others made up is no detail: somebody may have pasted a secret into a name, or a node printed one. */
function detailOf({ reason, message }: Extract<Outcome, { kind: 'refused' }>): string | null {
  if (reason === 'unknown_operation' || reason === 'node_failed') return null
  // A property that nobody knows is cut where it is quoted: a secret in it could not be known as one any more.
  return reason === 'invalid_input' ? (message?.replace(/'[^]*'/, '…') ?? null) : message
}

function hostText({ host }: Evidence): string {
  const name = host.name.includes(':') ? `[${host.name}]` : host.name
  return host.port === '' ? name : `${name}:${host.port}`
}
