/**
 * The access decision once more, read naively from SPEC 2.2 to 2.6, 3 and 4: lists, loops and early returns in the
 * order of the text, and nothing shared with the engine but the vocabulary. The properties hold the two together.
 */
import type { CredentialClass, GuessAccount, MethodName, PrincipalKind, Role } from './types.ts'
import type { Scope } from './scopes.ts'
import type { Tell } from './reasons.ts'
import { judgeCredential } from './reference-credentials.fixture.ts'
import type { Judged } from './reference-credentials.fixture.ts'
import { admitByTheText } from './reference-devices.fixture.ts'
import type { Admitted, Remedy } from './reference-devices.fixture.ts'
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
  readonly role: Role | null
  readonly scopes: readonly Scope[]
  /** The device that came in. */
  readonly device: string | null
  /** Its old token ends. */
  readonly confirms: boolean
  readonly tell: Tell | null
  /** How a missing approval may be settled. */
  readonly remedy: Remedy | null
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

/** SPEC 2.3: web sessions are judged before 2, API keys with 3; a setup code is a device's. */
const ORDER: readonly MethodName[] = [
  'session',
  'device-token',
  'bootstrap-token',
  'token',
  'api-key',
  'password',
]

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
  const right: Accepted[] = []
  for (const method of ORDER)
    for (const one of judged)
      if (one.kind === 'right' && one.accepted.method === method) right.push(one.accepted)
  if (right.length > 0) {
    const answer = admit(asked, right, failures)
    if (answer.allowed || !mayBeSpared(asked, answer)) return answer
    return admit(asked, [...right, ...identities(asked, tailnet, failures)], failures)
  }

  // Then whoever is on this host.
  if (local && (asked.evidence.listener === 'owner' || policy.allowLocalDirect))
    return admit(asked, [owner(asked)], failures)

  // Then Tailscale, then the proxy.
  if (policy.tailscale !== 'disabled' && tailnet === null) {
    tailnet = tailscaleIdentity(asked)
    if (tailnet.kind === 'failed') failures.push('tailscale')
    if (tailnet.kind === 'held') held = true
  }
  if (tailnet?.kind === 'proven') return admit(asked, [tailnet.accepted], failures)
  if (policy.mode === 'trusted-proxy' && !required) {
    const proxy = proxyIdentity(asked)
    if (proxy.kind === 'proven') return admit(asked, [proxy.accepted], failures)
    if (proxy.kind === 'failed') failures.push('proxy')
    if (proxy.kind === 'held') held = true
  }
  // A proof that does not hold is reported before what came with it (PROTOCOL 2.5).
  if (asked.evidence.device?.proof.kind === 'invalid') held = false
  return deny(asked, failures, { tell: held ? 'throttled' : 'unauthenticated', remedy: null })
}

/** S4: the page of a named user needs no pairing, and sending a secret along does not change that (R43). */
function mayBeSpared({ evidence }: Asked, { remedy }: Answer): boolean {
  return (
    evidence.controlUi &&
    evidence.device !== null &&
    remedy !== 'automatic' &&
    remedy !== 'setup-code'
  )
}

/** Whom Tailscale, or else the proxy, names; a wrong name counts as a guess. */
function identities(
  asked: Asked,
  known: Identity | null,
  failures: CredentialClass[],
): readonly Accepted[] {
  const { policy } = asked.access
  const tailnet = known ?? (policy.tailscale === 'disabled' ? null : tailscaleIdentity(asked))
  if (known === null && tailnet?.kind === 'failed') failures.push('tailscale')
  if (tailnet?.kind === 'proven') return [tailnet.accepted]
  if (policy.mode !== 'trusted-proxy' || policy.tailscale === 'require') return []
  const proxy = proxyIdentity(asked)
  if (proxy.kind === 'failed') failures.push('proxy')
  return proxy.kind === 'proven' ? [proxy.accepted] : []
}

/** Locked or not: whoever tailscaled confirms is there, and the lock of one class is none of another's. */
function verified(identity: Identity | null): boolean {
  if (identity === null) return false
  if (identity.kind === 'held') return identity.accepted !== null
  return identity.kind === 'proven'
}

function owner(asked: Asked): Accepted {
  const none = asked.access.policy.mode === 'none' && asked.evidence.listener !== 'owner'
  const method = none ? 'none' : 'local'
  return { method, kind: 'owner', id: 'owner', role: 'operator', granted: ALL }
}

/** First accept wins; where none is enough, the answer that may lead to an approval. */
function admit(
  asked: Asked,
  right: readonly Accepted[],
  failures: readonly CredentialClass[],
): Answer {
  const answers = right.map((one) => admitByTheText(asked, one))
  for (const answer of answers) if (answer.in) return allow(asked, answer, failures)
  let best: Extract<Admitted, { in: false }> | null = null
  for (const answer of answers) {
    if (answer.in) continue
    if (best === null || hope(answer.remedy) > hope(best.remedy)) best = answer
  }
  return deny(asked, failures, best ?? { tell: 'unauthenticated', remedy: null })
}

function hope(remedy: Remedy | null): number {
  if (remedy === null) return 0
  return remedy === 'none' ? 1 : 2
}

function allow(
  asked: Asked,
  { as, device, confirms }: Extract<Admitted, { in: true }>,
  failures: readonly CredentialClass[],
): Answer {
  return {
    allowed: true,
    method: as.method,
    kind: as.kind,
    id: as.id,
    role: as.role,
    scopes: finalScopes(asked.evidence, as),
    device,
    confirms,
    tell: null,
    remedy: null,
    failures: [...failures].sort(),
    account: guessAccount(asked),
    clientAddress: countedAddress(asked),
  }
}

function deny(
  asked: Asked,
  failures: readonly CredentialClass[],
  { tell, remedy }: { readonly tell: Tell; readonly remedy: Remedy | null },
): Answer {
  return {
    allowed: false,
    method: null,
    kind: null,
    id: null,
    role: null,
    scopes: [],
    device: null,
    confirms: false,
    tell,
    remedy,
    failures: [...failures].sort(),
    account: guessAccount(asked),
    clientAddress: countedAddress(asked),
  }
}
