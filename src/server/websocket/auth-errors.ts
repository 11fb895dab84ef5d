/** What a client hears when its credentials do not admit it (PROTOCOL 2.8, 2.9). Strangers hear a category. */
import type { AccessPolicy, Decision, Evidence } from '../../access/types.ts'
import { hintFor } from './auth-hints.ts'
import * as rows from './auth-rows.ts'
import { sourceOf, type AuthField } from './connect-evidence.ts'
import type { ConnectParams } from './connect-params.ts'
import type { WireError } from './frame-text.ts'

export interface DeniedConnect {
  readonly decision: Extract<Decision, { kind: 'denied' }>
  readonly evidence: Evidence
  readonly params: ConnectParams
  readonly mode: AccessPolicy['mode']
}

/** Nobody said who they are: no string, no cookie with its proof, and no proxy or tailnet that was heard. */
export function nothingPresented({
  decision,
  evidence,
}: Pick<DeniedConnect, 'decision' | 'evidence'>): boolean {
  if (evidence.credentials.length > 0) return false
  return decision.reason === 'nothing_presented' || decision.reason === 'local_direct_not_admitted'
}

/** A denied `connect` that presented something, or a device. */
export function authError(denied: DeniedConnect): WireError {
  const { authReason, code, message } = rowFor(denied)
  const canRetryWithDeviceToken = mayRetryWithDeviceToken(authReason, denied.params)
  const error: WireError = {
    code: 'INVALID_REQUEST',
    message: message === '' ? 'unauthorized' : `unauthorized: ${message}`,
    details: {
      code,
      ...(authReason !== 'none' && { authReason }),
      canRetryWithDeviceToken,
      recommendedNextStep: canRetryWithDeviceToken
        ? 'retry_with_device_token'
        : rows.NEXT_STEP[authReason],
    },
  }
  if (denied.decision.reason !== 'locked') return error
  return { ...error, retryable: true, retryAfterMs: Math.ceil(denied.decision.retryAfterMs) }
}

function rowFor(denied: DeniedConnect): rows.AuthRow {
  const { reason } = denied.decision
  if (nothingPresented(denied)) return missingRow(denied)
  if (reason === 'locked') return rows.RATE_LIMITED
  if (reason === 'token_mismatch' || reason === 'password_mismatch')
    return mismatchRow(reason, denied)
  // As it will be once the token is gone.
  if (reason === 'token_browned_out') return mismatchRow('token_mismatch', denied)
  if (reason === 'no_shared_secret')
    return onlyIn(denied.evidence, ['password'])
      ? rows.PASSWORD_NOT_CONFIGURED
      : rows.TOKEN_NOT_CONFIGURED
  if (reason === 'device_scope_not_approved') return rows.DEVICE_SCOPES
  // Whoever shows a code that lapsed hears what they would hear of any string.
  if (reason.startsWith('device_') || reason === 'setup_code_lapsed')
    return onlyBootstrap(denied.evidence) ? rows.BOOTSTRAP_TOKEN : rows.DEVICE_TOKEN
  if (reason.startsWith('setup_code_')) return rows.BOOTSTRAP_TOKEN
  if (reason.startsWith('api_key')) return rows.API_KEY
  return reason.startsWith('session_') ? rows.SESSION : rows.UNAUTHORIZED
}

function missingRow({ mode, params, evidence }: DeniedConnect): rows.AuthRow {
  if (mode === 'token') return rows.tokenMissing(hintFor(params, evidence))
  return mode === 'password' ? rows.passwordMissing(hintFor(params, evidence)) : rows.NOTHING
}

/** A string of no form of ours counts as a guess at the shared secret, but its client meant the field it put it in. */
function mismatchRow(
  reason: 'token_mismatch' | 'password_mismatch',
  { params, evidence }: DeniedConnect,
): rows.AuthRow {
  if (onlyIn(evidence, ['deviceToken'])) return rows.DEVICE_TOKEN
  if (onlyIn(evidence, ['bootstrapToken', 'deviceToken'])) return rows.BOOTSTRAP_TOKEN
  const hint = hintFor(params, evidence)
  return reason === 'token_mismatch' ? rows.tokenMismatch(hint) : rows.passwordMismatch(hint)
}

/** A string with our prefix is looked up as a token first; its client meant a setup code. */
function onlyBootstrap(evidence: Evidence): boolean {
  return evidence.credentials.length > 0 && onlyIn(evidence, ['bootstrapToken'])
}

function onlyIn({ credentials }: Evidence, fields: readonly AuthField[]): boolean {
  const allowed = fields.map(sourceOf)
  return credentials.every(({ sources }) => sources.every((source) => allowed.includes(source)))
}

/** A client with a device and a wrong token alone tries the token that it may have stored for the device. */
function mayRetryWithDeviceToken(
  authReason: rows.AuthReason,
  { auth, device }: ConnectParams,
): boolean {
  const given = (text: string | undefined): boolean => text !== undefined && text !== ''
  if (authReason !== 'token_mismatch' || device === undefined) return false
  return given(auth?.token) && !given(auth?.password) && !given(auth?.deviceToken)
}
