/** One request frame: scope, limits, operation, record, answer; the same functions as an HTTP request. */
import { holds } from '../../access/scopes.ts'
import type { Operation } from '../../operations/types.ts'
import { requestEntry } from '../entry.ts'
import type { RequestTrace } from '../gateway.ts'
import { refused, type Outcome } from '../outcome.ts'
import { perform, refuseQuota, refuseScope } from '../perform.ts'
import { FrameCall } from './frame-call.ts'
import { frameError } from './frame-errors.ts'
import { resultText, type WireError } from './frame-text.ts'
import { printable, type RequestFrame } from './frames.ts'
import type { LiveConnection } from './live-connection.ts'

/** One frame on its way: made once, handed on whole. */
interface Exchange {
  readonly connection: LiveConnection
  readonly frame: RequestFrame
  readonly requestId: string
  readonly operation: Operation | null
  /** By `performance.now()`. */
  readonly startedAt: number
  readonly trace: RequestTrace | null
}

const TOO_MANY: WireError = {
  code: 'UNAVAILABLE',
  message: 'too many requests at once on this connection; wait for their answers',
  retryable: true,
}
const STOPPING: WireError = {
  code: 'UNAVAILABLE',
  message: 'gateway restart in progress; retry shortly',
  retryable: true,
}

/** `bytes`: of the whole frame. */
export function answerRequest(
  connection: LiveConnection,
  frame: RequestFrame,
  bytes: number,
): void {
  const { parts } = connection
  const operation = parts.methods.get(frame.method) ?? null
  // What a node was asked before the end is an answer that somebody waits for, and no new request.
  const begins = operation?.requires !== 'node'
  if (begins && parts.phase() === 'draining') return connection.refuse(frame.id, STOPPING)
  if (!connection.hasRoom(bytes)) return connection.refuse(frame.id, TOO_MANY)

  const requestId = parts.gateway.newRequestId()
  const exchange: Exchange = {
    connection,
    frame,
    requestId,
    operation,
    startedAt: performance.now(),
    trace: parts.gateway.tracer.begin(),
  }
  const outcome = exchange.trace?.within(() => outcomeOf(exchange)) ?? outcomeOf(exchange)
  if (!(outcome instanceof Promise)) return conclude(exchange, outcome)

  connection.began(bytes)
  outcome
    .catch((error: unknown): Outcome => failed(exchange, error))
    .then((settled) => conclude(exchange, settled))
    .finally(() => connection.finished(bytes))
    .catch((error: unknown) => void failed(exchange, error))
}

function outcomeOf(exchange: Exchange): Outcome | Promise<Outcome> {
  const { connection, frame, operation, requestId } = exchange
  const { parts, decision } = connection
  if (operation === null) return unknownMethod(exchange)

  const quota = parts.gateway.quotas.take(decision)
  const refusal = refuseScope(operation, decision) ?? refuseQuota(quota)
  if (refusal !== null) return refusal
  const performance = {
    operation,
    input: frame.params,
    call: new FrameCall(connection, requestId, frame.id),
    entry: () => entryOf(exchange, { kind: 'pending' }),
  }
  return perform(performance, parts.gateway)
}

/** What no table knows needs the widest scope: who lacks it does not learn which methods exist (PROTOCOL 4.2). */
function unknownMethod({ connection, frame }: Exchange): Outcome {
  const { principal } = connection.decision
  if (principal.role !== 'operator') return refused('role_not_allowed')
  if (!holds(principal.scopes, 'operator.admin'))
    return { ...refused('missing_scope'), missing: 'operator.admin' }
  if (frame.method === 'connect')
    return refused('invalid_input', 'connect is only valid as the first request')
  return refused('unknown_operation', `unknown method: ${printable(frame.method)}`)
}

function conclude(exchange: Exchange, outcome: Outcome): void {
  const { connection, frame, requestId } = exchange
  record(exchange, outcome)
  measure(exchange, outcome)
  const wrongRole = outcome.kind === 'refused' && outcome.reason === 'role_not_allowed'
  if (outcome.kind === 'served') {
    const text = servedText(exchange, outcome.output)
    if (text !== null) connection.outlet.send(text)
  } else {
    const { role } = connection.decision.principal
    connection.refuse(frame.id, frameError(outcome, { requestId, role }))
  }
  connection.countRoleRefusal(wrongRole)
}

/** `null` when the output is no JSON: a bug of the operation, answered as one. */
function servedText(exchange: Exchange, output: unknown): string | null {
  const { connection, frame, requestId } = exchange
  try {
    return resultText(frame.id, output)
  } catch (error) {
    const { role } = connection.decision.principal
    connection.refuse(frame.id, frameError(failed(exchange, error), { requestId, role }))
    return null
  }
}

function measure(
  { connection, operation, requestId, startedAt, trace }: Exchange,
  outcome: Outcome,
): void {
  const ended = {
    requestId,
    surface: connection.surface,
    operation: operation?.name ?? 'unknown',
    decision: connection.decision,
    outcome,
    ms: performance.now() - startedAt,
  }
  connection.parts.gateway.meter.ended(ended)
  trace?.ended(ended)
}

/** Allows like one of this minute are only counted; a change has entries of its own (SPEC 10). */
function record(exchange: Exchange, outcome: Outcome): void {
  const { connection, operation } = exchange
  const { gateway } = connection.parts
  if (outcome.kind === 'served') {
    connection.used(gateway.clock())
    if (operation === null || operation.changes) return
    const { clientAddress: client, fingerprint, method } = connection.decision
    const by = fingerprint ?? method
    const kind = { principal: connection.principalName, client, operation: operation.name, by }
    if (gateway.record.fold(kind)) return
  }
  gateway.record.write(entryOf(exchange, outcome))
}

function entryOf(exchange: Exchange, outcome: Outcome | { readonly kind: 'pending' }) {
  const { connection, operation, requestId } = exchange
  const { evidence } = connection.admitted
  return requestEntry({
    requestId,
    at: connection.parts.gateway.clock(),
    operation: operation?.name ?? 'unknown',
    evidence,
    peer: evidence.peer.address,
    decision: connection.decision,
    outcome,
  })
}

function failed(
  { connection, requestId }: Exchange,
  error: unknown,
): Extract<Outcome, { kind: 'failed' }> {
  connection.parts.gateway.log.failure(`request ${requestId} failed`, error)
  return { kind: 'failed' }
}
