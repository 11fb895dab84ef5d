/** What a client hears when its `connect` is refused for anything but its credentials (PROTOCOL 2.3, 2.8, 2.10). */
import { canonicalOrigin } from '../../access/origin.ts'
import type { Evidence } from '../../access/types.ts'
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

/** A device that nobody has approved. `role` and `scopes`: what it asks for, known scopes only. */
export function notPaired(
  deviceId: string,
  { role, scopes }: { readonly role: string; readonly scopes: readonly string[] },
): WireError {
  return {
    code: 'NOT_PAIRED',
    message: 'pairing required: device is not approved yet',
    details: {
      code: 'PAIRING_REQUIRED',
      reason: 'not-paired',
      remediationHint: 'Approve this device from the pending pairing requests.',
      deviceId,
      requestedRole: role,
      ...(scopes.length > 0 && { requestedScopes: scopes }),
    },
  }
}
