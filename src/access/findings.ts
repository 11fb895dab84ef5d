/** What was found about one request on the way to its decision, and the decision itself. */
import { admit } from './admission.ts'
import type { Accepted } from './remedy.ts'
import { narrowScopes, type Scope } from './scopes.ts'
import type { Reason } from './reasons.ts'
import type { Scene } from './methods/types.ts'
import type {
  CredentialClass,
  Decision,
  Failure,
  GuessAccount,
  Judgement,
  MethodName,
  Principal,
  TraceStep,
} from './types.ts'

export interface AcceptedCredential extends Accepted {
  readonly class: CredentialClass | null
  readonly fingerprint: string | null
}

/** Filled by `authenticate` alone, and gone when it returns. */
export interface Findings {
  readonly clientAddress: string
  /** `unknown`: only the kernel's table can tell; no wrong credential is settled before it was asked. */
  readonly account: GuessAccount | 'unknown'
  /** What was right, in the order of the methods. */
  readonly accepted: AcceptedCredential[]
  heldMs: number
  readonly failures: Failure[]
  readonly trace: TraceStep[]
}

/** The decision that the findings add up to: the device's part in it, and the scopes narrowed to what was asked for. */
export function decide(findings: Findings, scene: Scene, now: number): Judgement {
  const { clientAddress, failures, trace, heldMs } = findings
  const account: GuessAccount = findings.account === 'loopback' ? 'loopback' : 'address'
  const common = { failures, account, clientAddress, trace }
  if (findings.accepted.length > 0) return decideAdmission(findings, common, { scene, now })

  // A proof that does not hold says more than what came with it (PROTOCOL 2.5), and is no guess.
  const proof = scene.evidence.device?.proof
  const reason =
    proof?.kind === 'invalid' ? proof.reason : heldMs > 0 ? 'locked' : firstReason(trace)
  const code =
    reason === 'trusted_proxy_missing_header' ? `${reason}_${missingHeader(scene)}` : reason
  return { ...common, kind: 'denied', reason, code, retryAfterMs: heldMs, pairing: null }
}

type Common = Pick<Decision, 'failures' | 'account' | 'clientAddress' | 'trace'>

function decideAdmission(
  { accepted }: Findings,
  common: Common,
  { scene, now }: { readonly scene: Scene; readonly now: number },
): Judgement {
  const { admission, by } = admit(accepted, scene, now)
  if (admission.kind === 'need') return admission
  if (admission.kind === 'refused' || by === null) {
    const { reason, detail, pairing } = admission.kind === 'refused' ? admission : NOBODY
    const step = { step: 'device' as const, verdict: 'reject' as const, reason, detail }
    return {
      ...common,
      kind: 'denied',
      reason,
      code: reason,
      retryAfterMs: 0,
      pairing,
      trace: [...common.trace, step],
    }
  }
  const { method, class: cls, fingerprint } = by
  const principal = narrow(admission.principal, method, scene)
  return {
    ...common,
    kind: 'allowed',
    principal,
    method,
    class: cls,
    fingerprint,
    device: admission.device,
  }
}

const NOBODY = { reason: 'nothing_presented', detail: null, pairing: null } as const

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
