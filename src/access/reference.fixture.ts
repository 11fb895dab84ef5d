/**
 * The access decision once more, read naively from SPEC 2.2 to 2.6 and 3: lists, loops and early returns in the
 * order of the text, and nothing shared with the engine but the vocabulary. The properties hold the two together.
 */
import type { CredentialClass, GuessAccount, MethodName, PrincipalKind } from './types.ts'
import type { Scope } from './scopes.ts'
import type { Tell } from './reasons.ts'
import { judgeCredential } from './reference-credentials.fixture.ts'
import type { Judged } from './reference-credentials.fixture.ts'
import { proxyIdentity, tailscaleIdentity } from './reference-identities.fixture.ts'
import type { Identity } from './reference-identities.fixture.ts'
import { countedAddress, guessAccount, isLocalDirect } from './reference-locality.fixture.ts'
import { finalScopes } from './reference-scopes.fixture.ts'
import type { Accepted, Asked } from './reference-types.fixture.ts'

/** What caller, limiter and record can tell apart; whatever else a decision says is wording. */
export interface Answer {
  readonly allowed: boolean
  readonly method: MethodName | null
  readonly kind: PrincipalKind | null
  readonly id: string | null
  readonly scopes: readonly Scope[]
  readonly tell: Tell | null
  /** Sorted: how many counted failures there are of each class. */
  readonly failures: readonly CredentialClass[]
  readonly account: GuessAccount
  readonly clientAddress: string
}

const ALL: readonly Scope[] = [
  'operator.read',
  'operator.write',
  'operator.tools',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
]

/** SPEC 2.3: web sessions are judged before 2, API keys with 3. */
const ORDER: readonly MethodName[] = ['session', 'device-token', 'token', 'api-key', 'password']

export function decideByTheText(asked: Asked): Answer {
  const { policy } = asked.access
  const local = isLocalDirect(asked)
  const failures: CredentialClass[] = []
  let held = false

  // Under `require` the identity is asked first: credentials count only beside it, or from this host.
  const required = policy.tailscale === 'require' && !local
  let tailnet = required ? tailscaleIdentity(asked) : null
  if (tailnet?.kind === 'failed') failures.push('tailscale')
  if (tailnet?.kind === 'held') held = true

  const judged: Judged[] = []
  for (const credential of asked.evidence.credentials)
    judged.push(judgeCredential(credential, asked, required && !verified(tailnet)))
  for (const one of judged) {
    if (one.kind === 'wrong') failures.push(one.class)
    if (one.kind === 'held') held = true
  }

  // Credentials first, in the order of the methods: a caller that presents a valid one is its principal.
  for (const method of ORDER)
    for (const one of judged)
      if (one.kind === 'right' && one.accepted.method === method)
        return allow(asked, one.accepted, failures)

  // Then whoever is on this host.
  if (local && (asked.evidence.listener === 'owner' || policy.allowLocalDirect))
    return allow(asked, owner(asked), failures)

  // Then Tailscale, then the proxy.
  if (policy.tailscale !== 'disabled' && tailnet === null) {
    tailnet = tailscaleIdentity(asked)
    if (tailnet.kind === 'failed') failures.push('tailscale')
    if (tailnet.kind === 'held') held = true
  }
  if (tailnet?.kind === 'proven') return allow(asked, tailnet.accepted, failures)
  if (policy.mode === 'trusted-proxy' && !required) {
    const proxy = proxyIdentity(asked)
    if (proxy.kind === 'proven') return allow(asked, proxy.accepted, failures)
    if (proxy.kind === 'failed') failures.push('proxy')
    if (proxy.kind === 'held') held = true
  }
  return deny(asked, failures, held)
}

/** Locked or not: whoever tailscaled confirms is there, and the lock of one class is none of another's. */
function verified(identity: Identity | null): boolean {
  if (identity === null) return false
  if (identity.kind === 'held') return identity.accepted !== null
  return identity.kind === 'proven'
}

function owner(asked: Asked): Accepted {
  const none = asked.access.policy.mode === 'none' && asked.evidence.listener !== 'owner'
  return { method: none ? 'none' : 'local', kind: 'owner', id: 'owner', granted: ALL }
}

function allow(asked: Asked, accepted: Accepted, failures: readonly CredentialClass[]): Answer {
  // SPEC 4: the bridge admits nodes only, and nobody here comes as one.
  if (asked.evidence.listener === 'bridge')
    return { ...deny(asked, failures, false), tell: 'forbidden' }
  return {
    allowed: true,
    method: accepted.method,
    kind: accepted.kind,
    id: accepted.id,
    scopes: finalScopes(asked.evidence, accepted),
    tell: null,
    failures: [...failures].sort(),
    account: guessAccount(asked),
    clientAddress: countedAddress(asked),
  }
}

function deny(asked: Asked, failures: readonly CredentialClass[], held: boolean): Answer {
  return {
    allowed: false,
    method: null,
    kind: null,
    id: null,
    scopes: [],
    tell: held ? 'throttled' : 'unauthenticated',
    failures: [...failures].sort(),
    account: guessAccount(asked),
    clientAddress: countedAddress(asked),
  }
}
