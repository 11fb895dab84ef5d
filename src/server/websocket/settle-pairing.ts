/** A right credential with a device that is not approved: asks for an approval, or gives it where the rules say so. */
import { unreachable } from '../../core/never.ts'
import type { Decision, PairingNeed } from '../../access/types.ts'
import { grantSubject } from '../../operations/pairing-subject.ts'
import type { Ask } from '../../pairing/ask.ts'
import type { ApprovedUnasked } from '../../pairing/resolve.ts'
import type { PairingRequest } from '../../pairing/types.ts'
import { toCredentials } from '../credentials.ts'
import { requestEntry } from '../entry.ts'
import { recordedChange } from '../recorded-change.ts'
import { refused, type Outcome } from '../outcome.ts'
import type { Asked } from './connect-evidence.ts'
import type { Petition } from './judge-connect.ts'
import { plain } from './presence.ts'

export type Unpaired = Extract<Decision, { kind: 'denied' }> & { readonly pairing: PairingNeed }

export type PairingSettlement =
  /** Approved: judge again, with what the client may show from now on. */
  | { readonly kind: 'approved'; readonly asked: Asked; readonly bySetupCode: boolean }
  /** Not always what was asked for now: a request is not replaced at once. */
  | { readonly kind: 'waiting'; readonly request: PairingRequest }
  /** No request was made: there is no room, this caller may not ask, or it comes back by itself from its own end. */
  | { readonly kind: 'no-request'; readonly why: 'full' | 'not-allowed' | 'taken-away' }
  /** The change could not be made: the record, or the store. */
  | { readonly kind: 'unavailable' }
  /** The device's approvals changed meanwhile: judge again, for there is something else to ask now. */
  | { readonly kind: 'changed' }
  /** The setup code was used by somebody else meanwhile. */
  | { readonly kind: 'gone' }

/** For the record, so that somebody can tell why `autoApprove` asks. */
const CROWDED =
  'as many devices as may be were approved without asking, or removed: it asks (`openclaw devices forget` makes room where many were removed)'

export async function settlePairing(
  petition: Petition,
  decision: Unpaired,
): Promise<PairingSettlement> {
  switch (decision.pairing.remedy) {
    case 'none':
      return { kind: 'no-request', why: 'not-allowed' }
    case 'request':
      return request(petition, decision)
    case 'automatic':
      return approveUnasked(petition, decision)
    case 'setup-code':
      return redeem(petition, decision)
    default:
      return unreachable(decision.pairing.remedy)
  }
}

async function request(petition: Petition, decision: Unpaired): Promise<PairingSettlement> {
  if (comesBack(petition, decision)) return { kind: 'no-request', why: 'taken-away' }
  const answer = await petition.parts.gateway.pairing.ask(askOf(petition, decision))
  return answer.kind === 'full' ? { kind: 'no-request', why: 'full' } : answer
}

/**
 * With a token that died a moment ago, as a client does that was cut off: on the gateway's own host it is known by
 * where it comes from as well, and would ask for what somebody has just taken away.
 */
function comesBack(
  { evidence, parts: { gateway } }: Petition,
  { pairing: { deviceId } }: Unpaired,
): boolean {
  if (!gateway.pairing.tookAway(deviceId)) return false
  const { devices } = gateway.access()
  return evidence.credentials.some(
    ({ class: cls, secret }) => cls === 'device' && devices.findToken(secret.digest()) === null,
  )
}

async function approveUnasked(petition: Petition, decision: Unpaired): Promise<PairingSettlement> {
  const { gateway } = petition.parts
  const state: { answer: ApprovedUnasked } = { answer: 'changed' }
  const outcome = await onRecord(petition, decision, 'device.pair.approve', async () => {
    state.answer = await gateway.pairing.approveUnasked(
      askOf(petition, decision),
      'gateway:unasked',
    )
    if (state.answer === 'approved') return { kind: 'served', output: null }
    return refused(decision.reason, state.answer === 'crowded' ? CROWDED : null)
  })
  if (outcome === null) return { kind: 'unavailable' }
  if (state.answer === 'changed') return { kind: 'changed' }
  if (state.answer === 'crowded') return request(petition, decision)
  return { kind: 'approved', asked: petition.asked, bySetupCode: false }
}

/** From now on the client shows the token that it gets for the code. */
async function redeem(petition: Petition, decision: Unpaired): Promise<PairingSettlement> {
  const { gateway } = petition.parts
  const { pairing } = gateway
  const code = petition.evidence.credentials.find(
    ({ class: cls, secret }) =>
      cls === 'device' && gateway.access().devices.findSetupCode(secret.digest()) !== null,
  )
  if (code === undefined) return { kind: 'gone' }
  const state = { redeemed: false }
  const outcome = await onRecord(petition, decision, 'device.pair.setup', async () => {
    const answer = await pairing.redeem(code.secret.digest(), askOf(petition, decision))
    state.redeemed = answer.kind === 'redeemed'
    return state.redeemed ? { kind: 'served', output: null } : refused('setup_code_invalid')
  })
  if (outcome === null) return { kind: 'unavailable' }
  const issued = state.redeemed
    ? await pairing.reissue(decision.pairing.deviceId, decision.pairing.role)
    : null
  if (issued === null) return { kind: 'gone' }
  const shown = { value: issued.token.reveal(), source: 'the token issued for the setup code' }
  const asked = { ...petition.asked, credentials: toCredentials([shown], null) }
  return { kind: 'approved', asked, bySetupCode: true }
}

/** Every approval is on the record before it is in force; `null`: the record or the store cannot be written, so nothing is in force. */
function onRecord(
  { evidence, parts: { gateway } }: Petition,
  decision: Unpaired,
  operation: string,
  run: () => Promise<Outcome>,
): Promise<Outcome | null> {
  const requestId = gateway.newRequestId()
  const entry = requestEntry({
    requestId,
    at: gateway.clock(),
    operation,
    evidence,
    peer: evidence.peer.address,
    decision,
    outcome: { kind: 'pending' },
  })
  const subject = grantSubject(decision.pairing.deviceId, decision.pairing)
  const contained = (): Promise<Outcome> =>
    run().catch((error: unknown): Outcome => {
      gateway.log.failure(`${operation} of request ${requestId} failed`, error)
      return { kind: 'failed' }
    })
  const withoutRecord = evidence.listener === 'owner' ? 'allowed' : 'refused'
  return recordedChange(
    { requestId, entry: { ...entry, subject }, withoutRecord, run: contained },
    gateway,
  ).then((outcome) => (outcome?.kind === 'failed' ? null : outcome))
}

function askOf({ params, evidence }: Petition, { pairing, clientAddress }: Unpaired): Ask {
  const { client } = params
  return {
    need: pairing,
    description: {
      displayName: client.displayName === undefined ? null : plain(client.displayName),
      platform: plain(client.platform),
      deviceFamily: client.deviceFamily === undefined ? null : plain(client.deviceFamily),
      clientId: client.id,
      clientMode: client.mode,
    },
    browserOrigin: evidence.browser.origin,
    clientAddress,
    onThisHost: evidence.peer.loopback && evidence.forwarding.length === 0,
  }
}
