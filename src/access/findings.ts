/** What was found about one request on the way to its decision, and the decision itself. */
import { narrowScopes, type Scope } from './scopes.ts'
import type { Reason } from './reasons.ts'
import type { Scene } from './methods/types.ts'
import type {
  CredentialClass,
  Decision,
  Failure,
  GuessAccount,
  MethodName,
  Principal,
  TraceStep,
} from './types.ts'

/** Filled by `authenticate` alone, and gone when it returns. */
export interface Findings {
  readonly clientAddress: string
  /** `unknown`: only the kernel's table can tell; no wrong credential is settled before it was asked. */
  readonly account: GuessAccount | 'unknown'
  accepted: {
    readonly principal: Principal
    readonly method: MethodName
    readonly class: CredentialClass | null
    readonly fingerprint: string | null
  } | null
  heldMs: number
  readonly failures: Failure[]
  readonly trace: TraceStep[]
}

/** The decision that the findings add up to, with the scopes narrowed to what was asked for. */
export function decide(findings: Findings, scene: Scene): Decision {
  const { clientAddress, failures, trace, heldMs, accepted } = findings
  const account = findings.account === 'loopback' ? 'loopback' : 'address'
  if (accepted !== null) {
    const principal = narrow(accepted.principal, accepted.method, scene)
    return { kind: 'allowed', ...accepted, principal, failures, account, clientAddress, trace }
  }
  const reason = heldMs > 0 ? 'locked' : firstReason(trace)
  const code =
    reason === 'trusted_proxy_missing_header' ? `${reason}_${missingHeader(scene)}` : reason
  return {
    kind: 'denied',
    reason,
    code,
    retryAfterMs: heldMs,
    failures,
    account,
    clientAddress,
    trace,
  }
}

/** The first refusal of the trace: presented credentials stand before what the edge observed. */
function firstReason(trace: readonly TraceStep[]): Reason {
  return trace.find(({ verdict }) => verdict === 'reject')?.reason ?? 'nothing_presented'
}

function missingHeader({ evidence }: Scene): string {
  return evidence.claims.missingHeaders[0] ?? ''
}

/**
 * A caller may ask for less than it was granted (SPEC 3). Over HTTP the header is for identities alone;
 * on a WebSocket it caps every mode, and what `connect` does not ask for is not given.
 */
function narrow(principal: Principal, method: MethodName, { evidence }: Scene): Principal {
  const { transport, scopesHeader, requestedScopes } = evidence
  const identity = method === 'trusted-proxy' || method === 'tailscale'
  const cap = transport === 'websocket' || identity ? scopesHeader : null
  if (cap === null && requestedScopes === null) return principal
  return { ...principal, scopes: narrowTwice(principal.scopes, cap, requestedScopes) }
}

function narrowTwice(
  granted: readonly Scope[],
  cap: readonly Scope[] | null,
  requested: readonly Scope[] | null,
): readonly Scope[] {
  const capped = cap === null ? granted : narrowScopes(granted, cap)
  return requested === null ? capped : narrowScopes(capped, requested)
}
