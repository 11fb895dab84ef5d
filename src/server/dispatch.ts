/** Runs the operation of a route: gathers its input, calls it, and streams where the caller asked for a stream. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Decision, Evidence } from '../access/types.ts'
import { readBody } from './body.ts'
import { requestEntry } from './entry.ts'
import { eventStream } from './event-stream.ts'
import type { Allowed, Outcome } from './outcome.ts'
import { HttpCall } from './http-call.ts'
import type { RequestTrace } from './gateway.ts'
import { perform } from './perform.ts'
import type { Found } from './routes.ts'
import type { Surface } from './serve.ts'
import type { WebhookPath } from './webhook-path.ts'

/** One request on its way: made once, handed on whole. */
export interface Exchange extends Surface {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Path and query. */
  readonly url: string
  readonly evidence: Evidence
  readonly requestId: string
  /** By `performance.now()`. */
  readonly startedAt: number
  readonly trace: RequestTrace | null
  /** Of the rules in force when it came: it is judged by these or newer ones. */
  readonly generation: number
  /** Headers that the answer gets on top. */
  readonly headers: string[]
  /** What a public operation found out about its caller: the login's decision. */
  judged: Decision | null
  /** The account that a network calls; `null` for all other requests. */
  webhook: WebhookPath | null
}

/** `decision`: `null` for the few public operations, which judge what they are given themselves. */
export function dispatch(
  exchange: Exchange,
  found: Found,
  decision: Allowed | null,
): Outcome | Promise<Outcome> {
  const { trace } = exchange
  if (trace === null) return answer(exchange, found, decision)
  return trace.within(() => answer(exchange, found, decision))
}

function answer(
  exchange: Exchange,
  found: Found,
  decision: Allowed | null,
): Outcome | Promise<Outcome> {
  const { method } = exchange.request
  if (method === 'GET' || method === 'HEAD')
    return run(exchange, found, decision, queryOf(exchange.url))
  return readBody(exchange.request, decision === null ? 'anybody' : 'principal').then((body) => {
    if (body.kind !== 'body') return body
    return run(exchange, found, decision, { ...queryOf(exchange.url), ...body.value })
  })
}

function run(
  exchange: Exchange,
  { route, params }: Found,
  decision: Allowed | null,
  input: object,
): Outcome | Promise<Outcome> {
  const { request, response, requestId, gateway } = exchange
  const stream =
    route.binding.streams === true && wantsStream(request)
      ? eventStream(response, [...exchange.headers, ...gateway.extraHeaders])
      : null
  const call = new HttpCall(exchange, decision, stream)
  const performance = {
    operation: route.operation,
    input: input === NO_QUERY ? params : { ...input, ...params },
    call,
    entry: () => changeEntry(exchange, route.operation.name, decision),
  }
  if (stream === null) return perform(performance, gateway)
  const cut = (why: Outcome): void => stream.cut(why, requestId)
  const close = decision === null ? null : exchange.streams.open({ exchange, decision, cut })
  return Promise.resolve(perform(performance, gateway))
    .finally(() => close?.())
    .then((settled) => stream.end(settled, route.binding, requestId))
}

function changeEntry(
  exchange: Exchange,
  operation: string,
  decision: Allowed | null,
): ReturnType<typeof requestEntry> {
  const { requestId, gateway, evidence } = exchange
  return requestEntry({
    requestId,
    at: gateway.clock(),
    operation,
    evidence,
    peer: evidence.peer.address,
    decision: decision ?? exchange.judged,
    outcome: { kind: 'pending' },
  })
}

function wantsStream({ headers }: IncomingMessage): boolean {
  return /\btext\/event-stream\b/i.test(headers.accept ?? '')
}

const NO_QUERY: Readonly<Record<string, unknown>> = {}

/** Names given twice are left to the schema as lists. */
function queryOf(url: string): Readonly<Record<string, unknown>> {
  const at = url.indexOf('?')
  if (at < 0) return NO_QUERY
  const found: Record<string, unknown> = Object.create(null)
  const query = new URLSearchParams(url.slice(at + 1))
  for (const name of query.keys()) {
    const values = query.getAll(name)
    found[name] = values.length === 1 ? values[0] : values
  }
  return found
}
