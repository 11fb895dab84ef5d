/** The life of one HTTP request. Read this file first: each line is one step, each step is one file. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { screen } from '../access/screen.ts'
import type { Decision } from '../access/types.ts'
import { connectionOf } from './connection.ts'
import { dispatch, type Exchange } from './dispatch.ts'
import { collectEvidence } from './evidence.ts'
import { finish, refuseMalformed } from './finish.ts'
import type { Gateway } from './gateway.ts'
import { identify } from './identify.ts'
import type { LiveStreams } from './live-streams.ts'
import { refused, refusedBy, type Outcome } from './outcome.ts'
import type { Pages } from './pages.ts'
import { refuseQuota, refuseScope } from './perform.ts'
import { probe } from './probes.ts'
import { send } from './reply.ts'
import type { ProxyWitness } from './proxy-witness.ts'
import type { Found, Routes } from './routes.ts'
import type { SocketCaps } from './socket-caps.ts'
import { originForm, secretInQuery } from './strict-http.ts'
import { unknownRoute, verbsAt } from './unknown-route.ts'
import { answerWebhook, findWebhook } from './webhooks.ts'
import type { WebhookLimits } from './webhook-limits.ts'

/** What every listener of this process serves. */
export interface Surface {
  readonly gateway: Gateway
  readonly routes: Routes
  readonly pages: Pages
  readonly caps: SocketCaps
  readonly webhookLimits: WebhookLimits
  /** Looks on, and decides nothing. */
  readonly witness: Pick<ProxyWitness, 'see'>
  readonly streams: LiveStreams
}

/** Takes a request to its answer. A probe is answered before anything is looked at; whatever else comes gets evidence first. */
export function serve(request: IncomingMessage, response: ServerResponse, surface: Surface): void {
  const { gateway, routes, pages, caps, webhookLimits, witness, streams } = surface
  const url = originForm(request.url ?? '')
  const live = probe(request.method ?? '', url, gateway.ready)
  if (live !== null) return send(response, live, gateway.extraHeaders)

  const startedAt = performance.now()
  const requestId = gateway.newRequestId()
  const collected = collectEvidence(request, 'http', gateway.network())
  if (collected.kind === 'malformed')
    return refuseMalformed(request, response, { ...collected, requestId, gateway, startedAt })
  guarded({
    request,
    response,
    url,
    evidence: collected.evidence,
    requestId,
    startedAt,
    trace: gateway.tracer.begin(),
    generation: gateway.generation(),
    headers: [],
    judged: null,
    webhook: null,
    gateway,
    routes,
    pages,
    caps,
    webhookLimits,
    witness,
    streams,
  })
}

/** A bug in a step is an answer and an entry like others, not a caller who waits for ever. */
function guarded(exchange: Exchange): void {
  try {
    receive(exchange)
  } catch (error) {
    fail(exchange, error)
  }
}

/** What needs no caller to be refused or answered; everything else is asked who it is. */
function receive(exchange: Exchange): void {
  const { request, response, url, evidence, gateway, pages, routes } = exchange
  const method = request.method ?? ''
  if (secretInQuery(url, method))
    return finish(exchange, null, refused('credential_in_query', NO_SECRETS_HERE))

  // Nodes open no page and log nobody in: there is nothing on their port that a stranger may do.
  const nodesOnly = evidence.listener === 'bridge'
  const page = nodesOnly ? null : pages.find(method, url, request.headers)
  const reason = screen(evidence, gateway.access().policy, page === null ? 'operation' : 'page')
  if (reason !== null) return finish(exchange, null, refused(reason))
  if (page !== null) return send(response, page, gateway.extraHeaders)

  const webhook = findWebhook(exchange)
  if (webhook !== null) return conclude(exchange, null, null, answerWebhook(exchange, webhook))

  const found = routes.find(method, url)
  if (found?.route.operation.requires === 'public' && !nodesOnly)
    return conclude(exchange, found, null, dispatch(exchange, found, null))
  const decision = identify(evidence, connectionOf(request.socket), gateway)
  if (!(decision instanceof Promise)) return decided(exchange, found, decision)
  decision
    .then((settled) => decided(exchange, found, settled))
    .catch((error: unknown) => fail(exchange, error))
}

const NO_SECRETS_HERE = 'A secret does not belong in an address.'

function decided(exchange: Exchange, found: Found | null, decision: Decision): void {
  exchange.trace?.decided(decision, traceparentOf(exchange.request))
  if (decision.kind === 'denied') return finish(exchange, decision, refusedBy(decision), found)
  exchange.caps.settle(exchange.request.socket)
  if (found === null) {
    const verbs = verbsAt(exchange.url, exchange)
    if (verbs.length > 0) exchange.headers.push('Allow', verbs.join(', '))
    return finish(exchange, decision, unknownRoute(verbs))
  }

  const quota = exchange.gateway.quotas.take(decision)
  if (quota !== null) exchange.headers.push(...quota.headers)
  const refusal = refuseScope(found.route.operation, decision) ?? refuseQuota(quota)
  if (refusal !== null) return finish(exchange, decision, refusal, found)
  conclude(exchange, found, decision, dispatch(exchange, found, decision))
}

function conclude(
  exchange: Exchange,
  found: Found | null,
  decision: Decision | null,
  outcome: Outcome | Promise<Outcome>,
): void {
  if (!(outcome instanceof Promise)) return finish(exchange, decision, outcome, found)
  outcome
    .then((settled) => finish(exchange, decision, settled, found))
    .catch((error: unknown) => fail(exchange, error))
}

function traceparentOf({ headers: { traceparent } }: IncomingMessage): string | null {
  return typeof traceparent === 'string' ? traceparent : null
}

function fail(exchange: Exchange, error: unknown): void {
  exchange.gateway.log.failure(`request ${exchange.requestId} failed`, error)
  finish(exchange, null, { kind: 'failed' })
}
