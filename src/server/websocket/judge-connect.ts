/** The life of one `connect`: schema, version, role, origin, credentials, device, in this order (PROTOCOL 2.5). */
import { screen } from '../../access/screen.ts'
import type { Decision, Evidence } from '../../access/types.ts'
import { identify } from '../identify.ts'
import { refused, refusedBy, type Allowed, type Outcome } from '../outcome.ts'
import { authError, nothingPresented } from './auth-errors.ts'
import { asked, connectEvidence, type Asked } from './connect-evidence.ts'
import {
  DEVICE_REQUIRED,
  foreignOrigin,
  INVALID_ROLE,
  invalidParams,
  NEWEST_PROTOCOL,
  notNow,
  notPaired,
  OLDEST_PROTOCOL,
  protocolMismatch,
} from './connect-errors.ts'
import { parseConnect, type ConnectParams } from './connect-params.ts'
import type { WireError } from './frame-text.ts'
import type { Parts } from './parts.ts'
import type { Upgraded } from './upgraded.ts'

export interface Admitted {
  readonly kind: 'admitted'
  readonly params: ConnectParams
  readonly asked: Asked
  readonly evidence: Evidence
  readonly decision: Allowed
  readonly protocol: number
}

export interface RefusedConnect {
  readonly kind: 'refused'
  readonly error: WireError
  readonly closeCode: 1002 | 1008 | 1013
  readonly evidence: Evidence
  readonly decision: Decision | null
  /** For the record. */
  readonly outcome: Extract<Outcome, { kind: 'refused' }>
}

export type ConnectVerdict = Admitted | RefusedConnect

/** One `connect` on its way: made once, handed on whole. */
interface Petition {
  readonly params: ConnectParams
  readonly role: 'operator' | 'node'
  readonly asked: Asked
  readonly evidence: Evidence
  readonly parts: Parts
}

/** Answers at once where nothing outside the process has to be asked. */
export function judgeConnect(
  input: unknown,
  upgraded: Upgraded,
  parts: Parts,
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

  const wishes = asked(params)
  const evidence = connectEvidence(shown, wishes, upgraded.request.headers.cookie)
  const foreign = screen(evidence, parts.gateway.access().policy, 'operation')
  if (foreign !== null)
    return { ...refuse(evidence, foreignOrigin(evidence)), outcome: refused(foreign) }

  const petition: Petition = { params, role, asked: wishes, evidence, parts }
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
function roleOf(role: string | undefined): Petition['role'] | null {
  if (role === undefined || role === 'operator' || role === 'control') return 'operator'
  return role === 'node' ? 'node' : null
}

function decided(petition: Petition, decision: Decision): ConnectVerdict {
  const { params, role, asked: wishes, evidence, parts } = petition
  if (decision.kind === 'denied') {
    const anonymous = params.device === undefined && nothingPresented({ decision, evidence })
    const { mode } = parts.gateway.access().policy
    const error = anonymous ? DEVICE_REQUIRED : authError({ decision, evidence, params, mode })
    return { ...refuse(evidence, error), decision, outcome: refusedBy(decision) }
  }
  if (params.device !== undefined) {
    const error = notPaired(params.device.id, { role, scopes: wishes.scopes })
    return { ...refuse(evidence, error), decision, outcome: refused('device_not_paired') }
  }
  if (role === 'node')
    return {
      ...refuse(evidence, DEVICE_REQUIRED),
      decision,
      outcome: refused('device_not_paired', 'a node connects with a device identity'),
    }
  const protocol = Math.min(params.maxProtocol, NEWEST_PROTOCOL)
  return { kind: 'admitted', params, asked: wishes, evidence, decision, protocol }
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
