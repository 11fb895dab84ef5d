/** The end of an HTTP request: what became of it is recorded, then answered. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Decision } from '../access/types.ts'
import type { FoldKind } from '../record/types.ts'
import { connectionOf } from './connection.ts'
import type { Exchange } from './dispatch.ts'
import { principalName, requestEntry, surfaceOf } from './entry.ts'
import type { Malformed } from './evidence.ts'
import type { Gateway } from './gateway.ts'
import { PlainText, refused, type Allowed, type Outcome } from './outcome.ts'
import { bodyWaits, closeAfter } from './linger.ts'
import { answerOf, send } from './reply.ts'
import type { Found } from './routes.ts'
import { setCookieOf } from './set-cookie.ts'

/** Records the outcome and answers it; where a stream has answered already, only the record is left to do. */
export function finish(
  exchange: Exchange,
  decision: Decision | null,
  outcome: Outcome,
  found: Found | null = null,
): void {
  const { gateway, request, response, requestId, headers } = exchange
  const operation = found?.route.operation
  const judged = decision ?? exchange.judged
  // A change that was served has its opened and closed entries; a refusal, before or within it, is told here with its reason.
  const name = operation?.name ?? webhookName(exchange)
  if (outcome.kind !== 'served' || operation?.changes !== true)
    record(exchange, name, judged, outcome)
  measure(exchange, name, judged, outcome)
  if (response.headersSent) return
  if (bodyWaits(request)) {
    headers.push('Connection', 'close')
    closeAfter(request, response)
  }
  const answer = answerOf(shown(exchange, outcome, found), requestId)
  send(response, answer, headers.concat(gateway.extraHeaders))
}

function webhookName({ webhook }: Exchange): string {
  return webhook === null ? 'unknown' : `webhook.${webhook.channel}`
}

function measure(
  { gateway, evidence, requestId, startedAt, trace }: Exchange,
  operation: string,
  decision: Decision | null,
  outcome: Outcome,
): void {
  const surface = surfaceOf(evidence)
  const ms = performance.now() - startedAt
  const ended = { requestId, surface, operation, decision, outcome, ms }
  gateway.meter.ended(ended)
  trace?.ended(ended)
}

/** Allows like one of this minute are only counted; everything else is written (SPEC 10). */
function record(
  { gateway, evidence, requestId, webhook }: Exchange,
  operation: string,
  decision: Decision | null,
  outcome: Outcome,
): void {
  if (outcome.kind === 'served' && decision?.kind === 'allowed' && decision.failures.length === 0) {
    if (gateway.record.fold(kindOf(decision, operation))) return
  }
  if (outcome.kind === 'served' && webhook !== null) {
    const account = `${webhook.channel}:${webhook.account}`
    const kind = { principal: account, client: evidence.clientAddress, operation, by: '' }
    if (gateway.record.fold(kind)) return
  }
  const entry = requestEntry({
    requestId,
    at: gateway.clock(),
    operation,
    evidence,
    peer: evidence.peer.address,
    decision,
    outcome,
  })
  const subject = webhook === null ? {} : { subject: `account=${webhook.account}` }
  gateway.record.write({ ...entry, ...subject })
}

function kindOf(decision: Allowed, operation: string): FoldKind {
  const { clientAddress: client, fingerprint, method } = decision
  return { principal: principalName(decision), client, operation, by: fingerprint ?? method }
}

/** The output as REST shows it. */
function shown(exchange: Exchange, outcome: Outcome, found: Found | null): Outcome {
  if (outcome.kind !== 'served') return outcome
  const { reply, mediaType } = found?.route.binding ?? {}
  if (mediaType !== undefined && typeof outcome.output === 'string')
    return { kind: 'served', output: new PlainText(outcome.output, mediaType) }
  const output = setCookieOf(exchange, outcome.output)
  return { kind: 'served', output: reply === undefined ? output : reply(output as never) }
}

/** A request of which no evidence could be made: 400, and what follows on its connection is not read. */
export function refuseMalformed(
  request: IncomingMessage,
  response: ServerResponse,
  {
    reason,
    detail,
    requestId,
    gateway,
    startedAt,
  }: Malformed & {
    readonly requestId: string
    readonly gateway: Gateway
    readonly startedAt: number
  },
): void {
  const peer = connectionOf(request.socket).remote.address
  const outcome = refused(reason)
  gateway.record.write(
    requestEntry({
      requestId,
      at: gateway.clock(),
      operation: 'unknown',
      evidence: null,
      peer,
      decision: null,
      outcome,
      detail,
    }),
  )
  gateway.meter.ended({
    requestId,
    surface: 'http',
    operation: 'unknown',
    decision: null,
    outcome,
    ms: performance.now() - startedAt,
  })
  closeAfter(request, response)
  send(response, answerOf(outcome, requestId), ['Connection', 'close', ...gateway.extraHeaders])
}
