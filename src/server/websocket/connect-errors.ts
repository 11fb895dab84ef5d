/** What a client hears when its `connect` is refused for anything but its credentials (PROTOCOL 2.3, 2.8, 2.10). */
import { canonicalOrigin } from '../../access/origin.ts'
import type { DeviceProofReason, Evidence } from '../../access/types.ts'
import type { ConnectParams } from './connect-params.ts'
import type { Phase } from './parts.ts'
import type { WireError } from './frame-text.ts'

export const OLDEST_PROTOCOL = 3
export const NEWEST_PROTOCOL = 4

export const NOT_CONNECT: WireError = {
  code: 'INVALID_REQUEST',
  message: 'invalid handshake: first request must be connect',
}

export const INVALID_ROLE: WireError = { code: 'INVALID_REQUEST', message: 'invalid role' }

export const DEVICE_REQUIRED: WireError = {
  code: 'NOT_PAIRED',
  message: 'device identity required',
  details: { code: 'DEVICE_IDENTITY_REQUIRED' },
}

/** Something of ours cannot be written now. */
export const TRY_LATER: WireError = {
  code: 'UNAVAILABLE',
  message: 'the gateway cannot keep a change now; try again later',
  retryable: true,
}

/** Said to live connections by their close frame alone (PROTOCOL 1.6). */
export const AUTH_CHANGED: WireError = {
  code: 'UNAVAILABLE',
  message: 'gateway auth changed',
  retryable: true,
}

export function invalidParams(message: string): WireError {
  return { code: 'INVALID_REQUEST', message }
}

export function protocolMismatch({ minProtocol, maxProtocol }: ConnectParams): WireError {
  return {
    code: 'INVALID_REQUEST',
    message: 'protocol mismatch',
    details: {
      code: 'PROTOCOL_MISMATCH',
      clientMinProtocol: minProtocol,
      clientMaxProtocol: maxProtocol,
      expectedProtocol: NEWEST_PROTOCOL,
      minimumProbeProtocol: OLDEST_PROTOCOL,
    },
  }
}

export function foreignOrigin({ browser }: Evidence): WireError {
  const unreadable = browser.origin === null || canonicalOrigin(browser.origin) === null
  return {
    code: 'INVALID_REQUEST',
    message:
      'origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)',
    details: {
      code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED',
      reason: unreadable ? 'origin missing or invalid' : 'origin not allowed',
    },
  }
}

/** `null` while connections are accepted. */
export function notNow(phase: Phase): WireError | null {
  if (phase === 'accepting') return null
  if (phase === 'starting') {
    return {
      code: 'UNAVAILABLE',
      message: 'gateway starting; retry shortly',
      details: { reason: 'startup-sidecars' },
      retryable: true,
      retryAfterMs: 500,
    }
  }
  return {
    code: 'UNAVAILABLE',
    message: 'connect unavailable during gateway restart',
    details: { method: 'connect', reason: 'restart', phase: 'draining' },
    retryable: true,
  }
}

/** A proof that does not hold: which part of it, in the wire's words (PROTOCOL 2.8). */
export function proofError(reason: DeviceProofReason): WireError {
  const { message, code, word } = PROOFS[reason]
  return { code: 'INVALID_REQUEST', message, details: { code, reason: word } }
}

const PROOFS: Record<
  DeviceProofReason,
  { readonly message: string; readonly code: string; readonly word: string }
> = {
  device_id_mismatch: {
    message: 'device identity mismatch',
    code: 'DEVICE_AUTH_DEVICE_ID_MISMATCH',
    word: 'device-id-mismatch',
  },
  device_signature_expired: {
    message: 'device signature expired',
    code: 'DEVICE_AUTH_SIGNATURE_EXPIRED',
    word: 'device-signature-stale',
  },
  device_nonce_missing: {
    message: 'device nonce required',
    code: 'DEVICE_AUTH_NONCE_REQUIRED',
    word: 'device-nonce-missing',
  },
  device_nonce_mismatch: {
    message: 'device nonce mismatch',
    code: 'DEVICE_AUTH_NONCE_MISMATCH',
    word: 'device-nonce-mismatch',
  },
  device_signature_invalid: {
    message: 'device signature invalid',
    code: 'DEVICE_AUTH_SIGNATURE_INVALID',
    word: 'device-signature',
  },
  device_key_invalid: {
    message: 'device public key invalid',
    code: 'DEVICE_AUTH_PUBLIC_KEY_INVALID',
    word: 'device-public-key',
  },
}
