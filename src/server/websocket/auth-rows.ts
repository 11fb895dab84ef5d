/** The rows of the wire's table of refused credentials: reason, code and words of each (PROTOCOL 2.8). */
import type { AuthHint } from './auth-hints.ts'

/** What clients are told of the reason, and act on. `none`: nothing was presented that could be wrong. */
export type AuthReason =
  | 'none'
  | 'unauthorized'
  | 'rate_limited'
  | 'token_missing'
  | 'token_mismatch'
  | 'token_missing_config'
  | 'password_missing'
  | 'password_mismatch'
  | 'password_missing_config'
  | 'device_token_mismatch'
  | 'scope_mismatch'
  | 'bootstrap_token_invalid'

export interface AuthRow {
  readonly authReason: AuthReason
  readonly code: string
  /** Follows `unauthorized: `; `''` when that word is all. */
  readonly message: string
}

export const RATE_LIMITED: AuthRow = {
  authReason: 'rate_limited',
  code: 'AUTH_RATE_LIMITED',
  message: 'too many failed authentication attempts (retry later)',
}

export const DEVICE_TOKEN: AuthRow = {
  authReason: 'device_token_mismatch',
  code: 'AUTH_DEVICE_TOKEN_MISMATCH',
  message: 'device token mismatch (rotate/reissue device token)',
}

export const DEVICE_SCOPES: AuthRow = {
  authReason: 'scope_mismatch',
  code: 'AUTH_SCOPE_MISMATCH',
  message: 'device token scope mismatch (re-pair or approve scope upgrade)',
}

export const BOOTSTRAP_TOKEN: AuthRow = {
  authReason: 'bootstrap_token_invalid',
  code: 'AUTH_BOOTSTRAP_TOKEN_INVALID',
  message:
    'setup code invalid, expired, revoked, or already used (create a new code; review `openclaw devices list`)',
}

/** Clients know a key as a token, and stop trying when one is wrong; anything vaguer they would retry into the lock. */
export const API_KEY: AuthRow = {
  authReason: 'token_mismatch',
  code: 'AUTH_TOKEN_MISMATCH',
  message: 'API key not accepted (check the key)',
}

export const TOKEN_NOT_CONFIGURED: AuthRow = {
  authReason: 'token_missing_config',
  code: 'AUTH_TOKEN_NOT_CONFIGURED',
  message: 'gateway token not configured on gateway (set gateway.auth.token)',
}

export const PASSWORD_NOT_CONFIGURED: AuthRow = {
  authReason: 'password_missing_config',
  code: 'AUTH_PASSWORD_NOT_CONFIGURED',
  message: 'gateway password not configured on gateway (set gateway.auth.password)',
}

export const NOTHING: AuthRow = { authReason: 'none', code: 'AUTH_REQUIRED', message: '' }

/** Proxies and Tailscale are not named at all: strangers hear a category. */
export const UNAUTHORIZED: AuthRow = unauthorized('')
export const SESSION: AuthRow = unauthorized('session not accepted (log in again)')

export function tokenMissing(hint: AuthHint): AuthRow {
  const message = `gateway token missing (${hint.token})`
  return { authReason: 'token_missing', code: 'AUTH_TOKEN_MISSING', message }
}

export function passwordMissing(hint: AuthHint): AuthRow {
  const message = `gateway password missing (${hint.password})`
  return { authReason: 'password_missing', code: 'AUTH_PASSWORD_MISSING', message }
}

export function tokenMismatch(hint: AuthHint): AuthRow {
  const message = `gateway token mismatch (${hint.token})`
  return { authReason: 'token_mismatch', code: 'AUTH_TOKEN_MISMATCH', message }
}

export function passwordMismatch(hint: AuthHint): AuthRow {
  const message = `gateway password mismatch (${hint.password})`
  return { authReason: 'password_mismatch', code: 'AUTH_PASSWORD_MISMATCH', message }
}

function unauthorized(message: string): AuthRow {
  return { authReason: 'unauthorized', code: 'AUTH_UNAUTHORIZED', message }
}

/** What a client does about it by itself. */
export const NEXT_STEP: Record<AuthReason, string> = {
  none: 'review_auth_configuration',
  unauthorized: 'review_auth_configuration',
  rate_limited: 'wait_then_retry',
  token_missing: 'update_auth_configuration',
  token_mismatch: 'update_auth_credentials',
  token_missing_config: 'update_auth_configuration',
  password_missing: 'update_auth_configuration',
  password_mismatch: 'update_auth_credentials',
  password_missing_config: 'update_auth_configuration',
  device_token_mismatch: 'review_auth_configuration',
  scope_mismatch: 'review_auth_configuration',
  bootstrap_token_invalid: 'review_auth_configuration',
}
