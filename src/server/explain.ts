/** Judges a made-up request: its evidence is collected, screened and decided by the same functions as a real one's. */
import { canonicalAddress } from '../core/address.ts'
import { authenticate } from '../access/authenticate.ts'
import { authorize } from '../access/authorize.ts'
import { REASONS } from '../access/reasons.ts'
import { screen } from '../access/screen.ts'
import type { Decision, Evidence, Facts } from '../access/types.ts'
import type { Explain, Explanation, MadeUpRequest } from '../operations/auth-explain.ts'
import { HeldRefusal } from '../operations/held.ts'
import type { Call, Operation } from '../operations/types.ts'
import { evidenceFrom } from './evidence.ts'
import type { Gateway } from './gateway.ts'
import { charge } from './identify.ts'
import { madeUpConnection, parseHeaders } from './made-up.ts'
import { refused, refusedBy, type Outcome } from './outcome.ts'
import type { Pages } from './pages.ts'
import { probe } from './probes.ts'
import { CATEGORIES } from './reply.ts'
import type { Routes } from './routes.ts'
import { secretInQuery } from './strict-http.ts'
import { unknownRoute, verbsAt } from './unknown-route.ts'
import { webhookAt, webhookVerb } from './webhook-path.ts'

export interface ExplainParts {
  readonly gateway: Gateway
  readonly routes: Routes
  readonly pages: Pages
}

/** Follows a request the way `serve` takes it: probes, the screen, the page, the networks' webhooks, then the routes. */
export function makeExplain({ gateway, routes, pages }: ExplainParts): Explain {
  return async (request, caller) => {
    const live = probe(request.method, request.path, gateway.ready)
    if (live !== null) return forAnybody('probe', live.status)
    const peer = canonicalAddress(request.peer)
    if (peer === null) return { kind: 'refused', message: `"${request.peer}" is no address` }
    const headers = parseHeaders(request.headers)
    if (headers === null)
      return { kind: 'refused', message: 'a header must look like "Name: value"' }

    const head = { method: request.method, url: request.path, ...headers }
    const from = { connection: madeUpConnection(peer), transport: 'http' as const }
    const collected = evidenceFrom(head, from, gateway.network())
    if (collected.kind === 'malformed')
      return explanation({ outcome: refused(collected.reason), detail: collected.detail })
    if (secretInQuery(request.path, request.method))
      return explanation({ outcome: refused('credential_in_query') })

    const { evidence } = collected
    const page = pages.find(request.method, request.path, headers.headers)
    const found = page === null ? routes.find(request.method, request.path) : null
    const operation = found?.route.operation.name ?? null
    const target = page === null ? 'operation' : 'page'
    const reason = screen(evidence, gateway.access().policy, target)
    if (reason !== null) return explanation({ outcome: refused(reason), operation })
    if (page !== null) return forAnybody('page', page.status)
    const webhook = webhookVerb(request.method) === null ? null : webhookAt(request.path)
    if (webhook !== null && gateway.webhooks.find(webhook.channel, webhook.account) !== null)
      return { kind: 'refused', message: SIGNED }

    const heldMs = heldFor(evidence, caller, gateway)
    if (heldMs > 0) throw new HeldRefusal(heldMs)
    const decision = await judge(evidence, request, gateway)
    await charge({ failures: decision.failures, ...payerOf(caller) }, gateway)
    return explanation({
      outcome: outcomeOf(decision, found?.route.operation, () =>
        unknownRoute(verbsAt(request.path, { routes, gateway })),
      ),
      decision,
      operation,
    })
  }
}

const SIGNED =
  'what a chat network calls is judged by its signature over the body, which cannot be made up here'

/** What is answered before anybody is asked who they are. */
function forAnybody(step: 'probe' | 'page', status: number): Explanation {
  return {
    ...explanation({ outcome: { kind: 'served', output: null } }),
    status,
    trace: [{ step, verdict: 'accept', reason: null, detail: 'answered to anybody' }],
  }
}

/** Whoever asks may try no more secrets here than at the door (SPEC 2.10): their own account is looked at, and charged. */
function heldFor(
  { credentials }: Evidence,
  { method, clientAddress }: Call,
  gateway: Gateway,
): number {
  const { limits } = gateway.access()
  if (credentials.length === 0) return 0
  if (method === 'local' || method === 'none') return limits.loopbackHeldForMs()
  return Math.max(
    ...credentials.map((credential) => limits.heldForMs(clientAddress, credential.class, true)),
  )
}

/** Who asked pays for what was wrong in the request they made up. */
function payerOf({ method, clientAddress }: Call): Pick<Decision, 'account' | 'clientAddress'> {
  const local = method === 'local' || method === 'none'
  return { account: local ? 'loopback' : 'address', clientAddress }
}

async function judge(
  evidence: Evidence,
  { uid }: MadeUpRequest,
  gateway: Gateway,
): Promise<Decision> {
  const { policy } = gateway.access()
  const peerOwner: Facts['peerOwner'] = { kind: 'uid', uid: uid ?? policy.ownUid }
  const first = authenticate(
    evidence,
    { peerOwner, tailnet: undefined },
    gateway.access(),
    gateway.clock(),
  )
  if (first.kind !== 'need') return first
  const tailnet = await gateway.facts.tailnet(evidence.claims.forwardedAddress ?? '')
  const second = authenticate(evidence, { peerOwner, tailnet }, gateway.access(), gateway.clock())
  if (second.kind === 'need')
    throw new Error(`the decision still turns on ${second.fact} after it was asked`)
  return second
}

function outcomeOf(
  decision: Decision,
  operation: Pick<Operation, 'requires' | 'webchat'> | undefined,
  nowhere: () => Outcome,
): Outcome {
  const requires = operation?.requires
  if (requires === 'public') return { kind: 'served', output: null }
  if (decision.kind === 'denied') return refusedBy(decision)
  if (operation === undefined || requires === undefined) return nowhere()
  const permission = authorize(decision.principal, { requires, webchat: operation.webchat })
  if (permission.kind === 'allowed') return { kind: 'served', output: null }
  return permission.missing === 'role'
    ? refused('role_not_allowed')
    : refused('missing_scope', `missing scope: ${permission.missing}`)
}

interface Judged {
  readonly outcome: Outcome
  readonly decision?: Decision
  readonly operation?: string | null
  readonly detail?: string
}

function explanation({ outcome, decision, operation, detail }: Judged): Explanation {
  const reason = outcome.kind === 'refused' ? outcome.reason : null
  const allowed = decision?.kind === 'allowed' ? decision : null
  const ending =
    reason === null || decision?.kind === 'denied'
      ? []
      : [{ step: 'screen' as const, verdict: 'reject' as const, reason, detail: detail ?? null }]
  return {
    outcome: reason === null ? 'allowed' : 'refused',
    status: reason === null ? 200 : CATEGORIES[REASONS[reason].tell].status,
    code: outcome.kind === 'refused' ? outcome.code : null,
    fix: reason === null ? null : REASONS[reason].fix,
    principal:
      allowed === null
        ? null
        : {
            kind: allowed.principal.kind,
            id: allowed.principal.id,
            scopes: allowed.principal.scopes,
          },
    method: allowed?.method ?? null,
    clientAddress: decision?.clientAddress ?? null,
    operation: operation ?? null,
    trace: [...(decision?.trace ?? []), ...ending],
  }
}
