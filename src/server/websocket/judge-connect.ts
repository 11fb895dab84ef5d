/** The life of one `connect`: schema, version, role, origin, credentials, device, in this order (PROTOCOL 2.5). */
import { screen } from '../../access/screen.ts'
import type { Decision, DeviceProofReason, Evidence, Role } from '../../access/types.ts'
import { unreachable } from '../../core/never.ts'
import type { NodeSurface } from '../../pairing/types.ts'
import { identify, reconsider } from '../identify.ts'
import { refused, refusedBy, type Allowed, type Outcome } from '../outcome.ts'
import { authError, nothingPresented } from './auth-errors.ts'
import { isPage } from './auth-hints.ts'
import { askedIn, connectEvidence, type Asked } from './connect-evidence.ts'
import {
  DEVICE_REQUIRED,
  foreignOrigin,
  INVALID_ROLE,
  invalidParams,
  NEWEST_PROTOCOL,
  AUTH_CHANGED,
  notNow,
  OLDEST_PROTOCOL,
  proofError,
  protocolMismatch,
  TRY_LATER,
} from './connect-errors.ts'
import { parseConnect, type ConnectParams } from './connect-params.ts'
import type { WireError } from './frame-text.ts'
import { issueTokens, type IssuedToken } from './issue-tokens.ts'
import { pairingCloseReason, pairingRequired, type Unsettled } from './pairing-errors.ts'
import type { Parts } from './parts.ts'
import { settlePairing, type PairingSettlement, type Unpaired } from './settle-pairing.ts'
import { claimSurface } from './claim-surface.ts'
import type { Upgraded } from './upgraded.ts'

export interface Admitted {
  readonly kind: 'admitted'
  readonly params: ConnectParams
  readonly asked: Asked
  readonly evidence: Evidence
  readonly decision: Allowed
  readonly protocol: number
  /** What the device is handed to come back with: its own role's token first. */
  readonly issued: readonly IssuedToken[]
  readonly bySetupCode: boolean
  /** What a node says it can do; `null` for others. */
  readonly claimed: NodeSurface | null
}

export interface RefusedConnect {
  readonly kind: 'refused'
  readonly error: WireError
  readonly closeCode: 1002 | 1008 | 1013 | 4001
  /** Where the close frame says more than the error. */
  readonly closeReason?: string
  readonly evidence: Evidence
  readonly decision: Decision | null
  /** For the record. */
  readonly outcome: Extract<Outcome, { kind: 'refused' }>
}

export type ConnectVerdict = Admitted | RefusedConnect

/** One `connect` on its way: made once, handed on whole. */
export interface Petition {
  readonly params: ConnectParams
  readonly asked: Asked
  readonly upgraded: Upgraded
  readonly evidence: Evidence
  readonly parts: Parts
  /** How often the device's approvals were others by the time they were to be changed. */
  readonly changes: number
}

const MOST_CHANGES = 16

/** Answers at once where nothing outside the process has to be asked. */
export function judgeConnect(
  input: unknown,
  upgraded: Upgraded,
  { parts, nonce }: { readonly parts: Parts; readonly nonce: string },
): ConnectVerdict | Promise<ConnectVerdict> {
  const { evidence: shown } = upgraded
  const parsed = parseConnect(input)
  if (parsed.kind === 'invalid') return refuse(shown, invalidParams(parsed.message))

  const phase = parts.phase()
  const later = notNow(phase)
  if (later !== null) return { ...refuse(shown, later), closeCode: 1013 }

  const { params } = parsed
  if (!understood(params)) return { ...refuse(shown, protocolMismatch(params)), closeCode: 1002 }
  const role = roleOf(params.role)
  if (role === null) return refuse(shown, INVALID_ROLE)

  const challenge = { nonce, now: parts.gateway.clock() }
  const wishes = askedIn(params, role, { check: parts.checkDevice, challenge })
  const evidence = connectEvidence(shown, wishes, upgraded.request.headers.cookie)
  const foreign = screen(evidence, parts.gateway.access().policy, 'operation')
  if (foreign !== null)
    return { ...refuse(evidence, foreignOrigin(evidence)), outcome: refused(foreign) }

  const petition: Petition = { params, asked: wishes, upgraded, evidence, parts, changes: 0 }
  const decision = identify(evidence, upgraded.connection, parts.gateway)
  if (!(decision instanceof Promise)) return decided(petition, decision)
  return decision.then((settled) => decided(petition, settled))
}

/** Any range that holds a version of ours; clients do not look at the one that is answered. */
function understood({ minProtocol, maxProtocol }: ConnectParams): boolean {
  const lowest = Math.max(minProtocol, OLDEST_PROTOCOL)
  return lowest <= Math.min(maxProtocol, NEWEST_PROTOCOL)
}

/** `control` is what S0 calls an operator. Other roles are served in no way here. */
function roleOf(role: string | undefined): Role | null {
  if (role === undefined || role === 'operator' || role === 'control') return 'operator'
  return role === 'node' || role === 'webchat' ? role : null
}

function decided(petition: Petition, decision: Decision): ConnectVerdict | Promise<ConnectVerdict> {
  if (decision.kind === 'allowed') return allowed(petition, decision, false)
  const { pairing } = decision
  if (pairing === null) return denied(petition, decision)
  const unpaired: Unpaired = { ...decision, pairing }
  return settlePairing(petition, unpaired).then((settled) => conclude(petition, unpaired, settled))
}

/** What came of asking for an approval. One that was given is judged like any other: nothing is taken for granted. */
async function conclude(
  petition: Petition,
  decision: Unpaired,
  settled: PairingSettlement,
): Promise<ConnectVerdict> {
  const { evidence, upgraded, parts, params } = petition
  switch (settled.kind) {
    case 'approved': {
      const cookies = upgraded.request.headers.cookie
      const shown = connectEvidence(upgraded.evidence, settled.asked, cookies)
      const again = await reconsider(shown, upgraded.connection, parts.gateway)
      const next = { ...petition, asked: settled.asked, evidence: shown }
      if (again.kind === 'allowed') return allowed(next, again, settled.bySetupCode)
      return denied(next, again)
    }
    case 'changed': {
      const again = await reconsider(evidence, upgraded.connection, parts.gateway)
      const changes = petition.changes + 1
      // Whoever connects at the same time settles one after the other; this many are no honest crowd.
      if (changes > MOST_CHANGES) return conclude(petition, decision, { kind: 'unavailable' })
      return decided({ ...petition, changes }, again)
    }
    case 'waiting':
      return unapproved(petition, decision, settled)
    case 'no-request': {
      const full = settled.why === 'full'
      const verdict = unapproved(petition, decision, settled)
      return full ? { ...verdict, outcome: refused('pairing_queue_full') } : verdict
    }
    case 'gone':
      return denied(petition, decision)
    case 'unavailable':
      return {
        ...refuse(evidence, TRY_LATER),
        decision,
        outcome: refused('record_unavailable', `the approval of ${params.client.id} was not made`),
      }
    default:
      return unreachable(settled)
  }
}

function unapproved(petition: Petition, decision: Unpaired, settled: Unsettled): RefusedConnect {
  const error = pairingRequired(decision.pairing, settled, petition.params)
  const requestId = settled.kind === 'waiting' ? settled.request.requestId : null
  return {
    ...refuse(petition.evidence, error),
    closeReason: pairingCloseReason(error.message, requestId),
    decision,
    outcome: refused(decision.reason, requestId === null ? null : `request ${requestId}`),
  }
}

function denied(
  { params, evidence, parts }: Petition,
  decision: Extract<Decision, { kind: 'denied' }>,
): RefusedConnect {
  const verdict = { decision, outcome: refusedBy(decision) }
  const { reason } = decision
  if (isProofReason(reason)) return { ...refuse(evidence, proofError(reason)), ...verdict }
  if (reason === 'role_not_allowed') return { ...refuse(evidence, INVALID_ROLE), ...verdict }
  if (reason === 'device_required' || wantsDevice(params, decision, evidence))
    return { ...refuse(evidence, DEVICE_REQUIRED), ...verdict }
  const { mode } = parts.gateway.access().policy
  return { ...refuse(evidence, authError({ decision, evidence, params, mode })), ...verdict }
}

/**
 * Whoever shows neither a device nor anything else is asked for a device, as clients know it; a page is asked for
 * the secret, which is all it needs here: it takes the other answer for plain http, where browsers keep no keys (R42).
 */
function wantsDevice(
  { device, client }: ConnectParams,
  decision: Extract<Decision, { kind: 'denied' }>,
  evidence: Evidence,
): boolean {
  if (device !== undefined || !nothingPresented({ decision, evidence })) return false
  return evidence.requestedRole === 'node' || !isPage(client)
}

const PROOF_REASONS: ReadonlySet<string> = new Set<DeviceProofReason>([
  'device_id_mismatch',
  'device_signature_expired',
  'device_nonce_missing',
  'device_nonce_mismatch',
  'device_signature_invalid',
  'device_key_invalid',
])

function isProofReason(reason: string): reason is DeviceProofReason {
  return PROOF_REASONS.has(reason)
}

function allowed(
  { params, asked: wishes, evidence, parts }: Petition,
  decision: Allowed,
  bySetupCode: boolean,
): Admitted | Promise<Admitted> {
  const protocol = Math.min(params.maxProtocol, NEWEST_PROTOCOL)
  const admitted = {
    kind: 'admitted' as const,
    params,
    asked: wishes,
    evidence,
    decision,
    protocol,
    bySetupCode,
  }
  if (decision.device !== null) parts.gateway.pairing.saw(decision.device.id, decision.device.role)
  const { claimed, asked: asking } = claimSurface(params, decision, parts.gateway)
  const issued = issueTokens(decision, { gateway: parts.gateway, bySetupCode })
  if (asking === null && !(issued instanceof Promise)) return { ...admitted, claimed, issued }
  return Promise.all([issued, asking]).then(([tokens]) => ({
    ...admitted,
    claimed,
    issued: tokens,
  }))
}

/** It was let in, and before it heard so, that was over. When it comes again it hears why. */
export function changedMeanwhile({ evidence, decision }: Admitted): RefusedConnect {
  return {
    ...refuse(evidence, AUTH_CHANGED),
    closeCode: 4001,
    decision,
    outcome: refused('changed_meanwhile'),
  }
}

function refuse(evidence: Evidence, error: WireError): RefusedConnect {
  return {
    kind: 'refused',
    error,
    closeCode: 1008,
    evidence,
    decision: null,
    outcome: refused('invalid_input', error.message),
  }
}
