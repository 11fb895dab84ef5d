/** What a device hears that nobody has approved, or not for this (PROTOCOL 2.10). */
import type { PairingNeed } from '../../access/types.ts'
import type { PairingRequest } from '../../pairing/types.ts'
import type { ConnectParams } from './connect-params.ts'
import type { WireError } from './frame-text.ts'

const REQUIREMENT: Record<PairingNeed['why'], string> = {
  'not-paired': 'device is not approved yet',
  'role-upgrade': 'device is asking for a higher role than currently approved',
  'scope-upgrade': 'device is asking for more scopes than currently approved',
}

/** `request`: the one that waits; `null` when none could be made. What it asks for is said of it, whatever this connect wanted. */
export function pairingRequired(
  need: PairingNeed,
  request: PairingRequest | null,
  { client }: ConnectParams,
): WireError {
  const { deviceId, why, approved } = need
  const { role, scopes } = request ?? need
  const requestId = request?.requestId ?? null
  // The page asks again by itself until somebody has decided; others stop, so that nobody is asked for ever.
  const waits = requestId !== null && client.id === 'openclaw-control-ui'
  return {
    code: 'NOT_PAIRED',
    message: `pairing required: ${REQUIREMENT[why]}`,
    details: {
      code: 'PAIRING_REQUIRED',
      reason: why,
      ...(requestId !== null && { requestId }),
      remediationHint: hintFor(need, requestId),
      ...(waits && {
        recommendedNextStep: 'wait_then_retry',
        retryable: true,
        pauseReconnect: false,
      }),
      deviceId,
      requestedRole: role,
      ...(scopes.length > 0 && { requestedScopes: scopes }),
      ...(approved.length > 0 && {
        approvedRoles: approved.map((grant) => grant.role),
        approvedScopes: approved.flatMap((grant) => grant.scopes),
      }),
    },
  }
}

function hintFor({ remedy }: PairingNeed, requestId: string | null): string {
  if (requestId !== null)
    return `Approve this device on the gateway's host: openclaw devices approve ${requestId}`
  return remedy === 'none'
    ? 'This credential may not ask for an approval: connect once with the gateway token or a setup code.'
    : 'As many devices wait for approval as may: approve or reject some of them first (openclaw devices list).'
}

/** The close frame names the request, for clients that read nothing else. */
export function pairingCloseReason(message: string, requestId: string | null): string {
  return requestId === null ? message : `${message} (requestId: ${requestId})`
}
