/** What a device hears that nobody has approved, or not for this (PROTOCOL 2.10). */
import type { PairingNeed } from '../../access/types.ts'
import type { ConnectParams } from './connect-params.ts'
import type { WireError } from './frame-text.ts'
import type { PairingSettlement } from './settle-pairing.ts'

const REQUIREMENT: Record<PairingNeed['why'], string> = {
  'not-paired': 'device is not approved yet',
  'role-upgrade': 'device is asking for a higher role than currently approved',
  'scope-upgrade': 'device is asking for more scopes than currently approved',
}

/** What came of asking, where nothing was approved. */
export type Unsettled = Extract<PairingSettlement, { kind: 'waiting' | 'no-request' }>

/** Of a request that waits it is said what that one asks for, whatever this connect wanted. */
export function pairingRequired(
  need: PairingNeed,
  settled: Unsettled,
  { client }: ConnectParams,
): WireError {
  const { deviceId, why, approved } = need
  const { role, scopes } = settled.kind === 'waiting' ? settled.request : need
  const requestId = settled.kind === 'waiting' ? settled.request.requestId : null
  // The page asks again by itself until somebody has decided; others stop, so that nobody is asked for ever.
  const waits = requestId !== null && client.id === 'openclaw-control-ui'
  return {
    code: 'NOT_PAIRED',
    message: `pairing required: ${REQUIREMENT[why]}`,
    details: {
      code: 'PAIRING_REQUIRED',
      reason: why,
      ...(requestId !== null && { requestId }),
      remediationHint: hintFor(settled),
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

function hintFor(settled: Unsettled): string {
  if (settled.kind === 'waiting')
    return `Approve this device on the gateway's host: openclaw devices approve ${settled.request.requestId}`
  return NO_REQUEST[settled.why]
}

const NO_REQUEST: Record<Extract<Unsettled, { kind: 'no-request' }>['why'], string> = {
  full: 'As many devices wait for approval as may: approve or reject some of them first (openclaw devices list).',
  'not-allowed':
    'This credential may not ask for an approval: connect once with the gateway token or a setup code.',
  'taken-away':
    'This device was removed or revoked a moment ago: to ask for another approval, start it again, or pair it with openclaw devices pair.',
}

/** The close frame names the request, for clients that read nothing else. */
export function pairingCloseReason(message: string, requestId: string | null): string {
  return requestId === null ? message : `${message} (requestId: ${requestId})`
}
