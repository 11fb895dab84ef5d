/**
 * Answers one question: who is asking?
 *
 * A pure function of the evidence, the facts and what is configured. It writes nothing and waits for
 * nothing: where the answer turns on a fact that costs a look outside, it names that fact, and is asked
 * again with it. Every string the caller presented is judged, so that a good one never hides a guess.
 */
import { UNGUESSABLE_LENGTH } from '../core/secret.ts'
import { identityMaySpare } from './admission.ts'
import { attribute } from './attribution.ts'
import { decide, type Findings } from './findings.ts'
import { ingressFor } from './ingress.ts'
import { locality } from './locality.ts'
import { deviceToken } from './methods/device-token.ts'
import { AMBIENT, PRESENTED } from './methods/index.ts'
import { reject, type AmbientMethod, type Scene } from './methods/types.ts'
import type {
  Access,
  Credential,
  Evidence,
  Facts,
  Judgement,
  MethodName,
  Verdict,
} from './types.ts'

type Need = Extract<Judgement, { kind: 'need' }>
const NEED_OWNER: Need = { kind: 'need', fact: 'peerOwner' }

/** `now`: milliseconds since the epoch, for what expires. */
export function authenticate(
  evidence: Evidence,
  facts: Facts,
  access: Access,
  now: number,
): Judgement {
  const attribution = attribute(evidence, facts, access.policy)
  if (attribution.kind === 'need') return attribution

  const scene: Scene = { evidence, facts, access, local: locality(evidence, facts, access.policy) }
  const findings: Findings = {
    clientAddress: attribution.address,
    account: accountOf(scene),
    accepted: [],
    heldMs: 0,
    failures: [],
    trace: [],
  }
  for (const credential of evidence.credentials) {
    const need = judge(credential, scene, findings, now)
    if (need !== null) return need
  }
  const need = askAmbient(ambientFor(findings, scene, now), scene, findings)
  if (need !== null) return need
  return decide(findings, scene, now)
}

/** Callers on this host without an Origin are never locked; everyone else counts under an address (SPEC 2.4). */
function accountOf({ evidence, access, local }: Scene): Findings['account'] | 'unknown' {
  if (!access.policy.exemptLoopback || evidence.browser.origin !== null) return 'address'
  if (local === 'unknown') return 'unknown'
  return local === 'yes' ? 'loopback' : 'address'
}

function judge(credential: Credential, scene: Scene, findings: Findings, now: number): Need | null {
  const heldMs = ownToken(credential, scene, now) ? 0 : heldFor(credential, scene, findings)
  if (heldMs > 0) {
    if (findings.account === 'unknown') return NEED_OWNER
    findings.heldMs = Math.max(findings.heldMs, heldMs)
    findings.trace.push({
      step: 'limit',
      verdict: 'held',
      reason: 'locked',
      detail: `${credential.class} from ${sources(credential)}`,
    })
    return null
  }
  const ingress = ingressFor(credential.class, scene)
  if (ingress.kind === 'need') return ingress

  const answer =
    ingress.kind === 'open'
      ? ask(credential, scene, now)
      : { step: 'screen' as const, verdict: reject(ingress.reason) }
  if (answer.verdict.kind === 'accept') {
    acceptPresented(credential, answer, scene, findings)
    return null
  }
  if (findings.account === 'unknown') return NEED_OWNER
  failPresented(credential, answer, scene, findings)
  return null
}

/** A paired device is not locked out by its neighbours: its token is looked up, never guessed (SPEC 2.4, R31). */
function ownToken(credential: Credential, scene: Scene, now: number): boolean {
  return (
    credential.class === 'device' && deviceToken.verify(credential, scene, now).kind === 'accept'
  )
}

/** Where only the kernel can tell which account is meant, whichever holds makes the kernel be asked. */
function heldFor(credential: Credential, { access }: Scene, findings: Findings): number {
  const { limits, policy } = access
  const { account, clientAddress } = findings
  if (account === 'loopback') return limits.loopbackHeldForMs()
  const guessable =
    credential.class === 'shared' &&
    policy.secrets.some(({ secret }) => secret.length < UNGUESSABLE_LENGTH)
  const heldMs = overdrawn(credential, limits, findings)
    ? AT_ONCE_MS
    : limits.heldForMs(clientAddress, credential.class, guessable)
  return account === 'unknown' ? Math.max(heldMs, limits.loopbackHeldForMs()) : heldMs
}

/** When to come back for a guess that only the others of its request stand in the way of. */
const AT_ONCE_MS = 1_000

/** Several guesses in one request are counted together only after it, so they look at each other here. */
function overdrawn(
  { class: cls }: Credential,
  limits: Access['limits'],
  { failures, clientAddress }: Findings,
): boolean {
  const before = failures.filter((failure) => failure.class === cls).length
  return before > 0 && before >= limits.attemptsLeft(clientAddress, cls)
}

function rankOf(name: MethodName): number {
  return PRESENTED.findIndex((method) => method.name === name)
}

interface Answer {
  readonly step: MethodName | 'screen'
  readonly verdict: Verdict
}

/** One string is right if any method of its class accepts it. */
function ask(credential: Credential, scene: Scene, now: number): Answer {
  const found: { refusal: Answer | null } = { refusal: null }
  for (const method of PRESENTED) {
    if (method.class !== credential.class) continue
    const verdict = method.verify(credential, scene, now)
    if (verdict.kind === 'accept') return { step: method.name, verdict }
    if (verdict.kind === 'reject') found.refusal ??= { step: method.name, verdict }
  }
  return found.refusal ?? { step: 'token', verdict: reject('no_shared_secret') }
}

function acceptPresented(
  credential: Credential,
  { step, verdict }: Answer,
  { access }: Scene,
  findings: Findings,
): void {
  const fingerprint = access.fingerprints.own(credential.secret)
  findings.trace.push({
    step,
    verdict: 'accept',
    reason: null,
    detail: `${fingerprint} from ${sources(credential)}`,
  })
  if (verdict.kind !== 'accept' || step === 'screen') return
  const { principal } = verdict
  findings.accepted.push({ principal, method: step, class: credential.class, fingerprint })
  // The order of the methods counts, not the order in which the strings came (SPEC 2.3).
  if (findings.accepted.length > 1)
    findings.accepted.sort((a, b) => rankOf(a.method) - rankOf(b.method))
}

function failPresented(
  credential: Credential,
  { step, verdict }: Answer,
  { access }: Scene,
  findings: Findings,
): void {
  if (verdict.kind !== 'reject') return
  const fingerprint = access.fingerprints.refused(credential.secret)
  const detail = `${fingerprint} from ${sources(credential)}${verdict.detail === undefined ? '' : `, ${verdict.detail}`}`
  findings.trace.push({ step, verdict: 'reject', reason: verdict.reason, detail })
  // It is the right string at the wrong time: nobody guessed, and nobody is locked out for it.
  if (verdict.reason === 'token_browned_out') return
  findings.failures.push({ class: credential.class, reason: verdict.reason, fingerprint })
}

/** All of them where nothing that was presented is right; the identities alone where it is right and not enough. */
function ambientFor({ accepted }: Findings, scene: Scene, now: number): readonly AmbientMethod[] {
  if (accepted.length === 0) return AMBIENT
  return identityMaySpare(accepted, scene, now) ? IDENTITIES : []
}

const IDENTITIES = AMBIENT.filter((method) => method.class !== null)

/** Who the socket, the proxy or Tailscale says it is. */
function askAmbient(
  methods: readonly AmbientMethod[],
  scene: Scene,
  findings: Findings,
): Need | null {
  const { evidence, access } = scene
  for (const method of methods) {
    const heldMs =
      method.class === null
        ? 0
        : access.limits.heldForMs(findings.clientAddress, method.class, false)
    const verdict = method.verify(scene)
    if (verdict.kind === 'abstain') continue
    if (heldMs > 0 && names(verdict)) {
      findings.heldMs = Math.max(findings.heldMs, heldMs)
      findings.trace.push({
        step: 'limit',
        verdict: 'held',
        reason: 'locked',
        detail: method.class,
      })
      continue
    }
    if (verdict.kind === 'need') return verdict
    if (verdict.kind === 'accept') {
      const name =
        method.name === 'local' && access.policy.mode === 'none' && evidence.listener !== 'owner'
          ? 'none'
          : method.name
      findings.trace.push({
        step: name,
        verdict: 'accept',
        reason: null,
        detail: verdict.principal.id,
      })
      const { principal } = verdict
      findings.accepted.push({ principal, method: name, class: method.class, fingerprint: null })
      return null
    }
    findings.trace.push({
      step: method.name,
      verdict: 'reject',
      reason: verdict.reason,
      detail: verdict.detail ?? null,
    })
    if (method.class !== null && GUESSES.has(verdict.reason)) {
      findings.failures.push({
        class: method.class,
        reason: verdict.reason,
        fingerprint: 'identity',
      })
    }
  }
  return null
}

/** Somebody was named, rightly or not, or would be if it could be asked; the other refusals say that nobody was, or not by whom we trust. */
function names(verdict: Verdict | Need): boolean {
  return (
    verdict.kind !== 'reject' ||
    verdict.reason === 'tailscale_unavailable' ||
    GUESSES.has(verdict.reason)
  )
}

const GUESSES: ReadonlySet<string> = new Set([
  'trusted_proxy_user_not_allowed',
  'tailscale_identity_mismatch',
  'tailscale_address_unknown',
])

function sources({ sources: names }: Credential): string {
  return names.join(' and ')
}
