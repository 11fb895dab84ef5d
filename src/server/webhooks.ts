/**
 * Calls of chat networks: found by their path, judged by the account's own signature or token, and limited like every
 * other place where a secret can be tried (R28).
 */
import type { HookAnswer } from '../channels/types.ts'
import { unreachable } from '../core/never.ts'
import { Secret } from '../core/secret.ts'
import type { Decision } from '../access/types.ts'
import { connectionOf } from './connection.ts'
import type { Exchange } from './dispatch.ts'
import { charge, judgeAgain } from './identify.ts'
import { PlainText, refused, refusedBy, type Outcome } from './outcome.ts'
import { withWebhookBody } from './webhook-body.ts'
import {
  VERIFY_TOKEN,
  webhookAt,
  webhookVerb,
  type WebhookPath,
  type WebhookVerb,
} from './webhook-path.ts'

export interface WebhookCall extends WebhookPath {
  readonly method: WebhookVerb
}

/** `null`: no account that networks call, or not by this verb; it goes the way of any unknown path. */
export function findWebhook({ request, url, evidence, gateway }: Exchange): WebhookCall | null {
  // There is nothing on the nodes' port but nodes.
  if (evidence.listener === 'bridge') return null
  const method = webhookVerb(request.method)
  const path = webhookAt(url)
  if (method === null || path === null) return null
  return gateway.webhooks.find(path.channel, path.account) === null ? null : { ...path, method }
}

export function answerWebhook(exchange: Exchange, call: WebhookCall): Promise<Outcome> {
  exchange.webhook = call
  if (call.method === 'GET')
    return payerOf(exchange).then((payer) =>
      exchange.webhookLimits.inTurn(() => answerHandshake(exchange, call, payer)),
    )
  return withWebhookBody(exchange.request, exchange.webhookLimits, async (body) =>
    outcomeOf(await ask(exchange, call, body), exchange),
  )
}

/** A token in a query can be guessed: nothing is compared while the caller is held. */
async function answerHandshake(
  exchange: Exchange,
  call: WebhookCall,
  payer: Payer,
): Promise<Outcome> {
  const heldMs = tokenIn(exchange) === null ? 0 : heldFor(payer, exchange)
  if (heldMs > 0) return refuse(exchange, lockedOut(payer, heldMs))
  const answer = await ask(exchange, call, NO_BODY)
  if (answer.kind === 'taken' && payer.account === 'address')
    exchange.gateway.guesses.clear(payer.clientAddress, 'webhook')
  return outcomeOf(answer, exchange)
}

const NO_BODY = Buffer.alloc(0)

/** `gone`: the account, meanwhile; `lost`: what came could not be kept. */
type Asked = HookAnswer | { readonly kind: 'gone' | 'lost' }

/** The account as it is now: its secrets may have changed while the body was on its way (R44). */
async function ask(
  { request, url, gateway, requestId }: Exchange,
  { channel, account, method }: WebhookCall,
  body: Buffer,
): Promise<Asked> {
  const at = url.indexOf('?')
  const webhook = gateway.webhooks.find(channel, account)
  if (webhook === null) return { kind: 'gone' }
  const header = (name: string): string | null => {
    const value = request.headers[name.toLowerCase()]
    return typeof value === 'string' ? value : null
  }
  try {
    return await webhook.take({
      method,
      query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
      // A handshake is in the query alone: a secret in a header cannot be tried by it, held or not.
      header: method === 'GET' ? () => null : header,
      body,
    })
  } catch (error) {
    gateway.log.failure(`request ${requestId}: webhook.${channel} (${account}) failed`, error)
    return { kind: 'lost' }
  }
}

async function outcomeOf(answer: Asked, exchange: Exchange): Promise<Outcome> {
  switch (answer.kind) {
    case 'taken':
      exchange.caps.settle(exchange.request.socket)
      return { kind: 'served', output: new PlainText(answer.body) }
    case 'forged':
      return refuseForged(exchange)
    case 'unreadable':
      return refused('invalid_input', 'not what this network sends')
    case 'lost':
      return refused('webhook_not_taken')
    case 'unsigned':
    case 'gone':
      return refused('nothing_presented')
    default:
      return unreachable(answer)
  }
}

/** Whether it is held is asked after a signature was compared: a right one is never refused for what others guessed (SPEC 5). */
async function refuseForged(exchange: Exchange): Promise<Outcome> {
  const payer = await payerOf(exchange)
  const heldMs = heldFor(payer, exchange)
  if (heldMs > 0) return refuse(exchange, lockedOut(payer, heldMs))

  const token = tokenIn(exchange)
  const { fingerprints } = exchange.gateway.access()
  const fingerprint = token === null ? 'signature' : fingerprints.refused(new Secret(token))
  const decision = forged(payer, fingerprint)
  await charge(decision, exchange.gateway)
  return refuse(exchange, decision)
}

type Payer = Pick<Decision, 'account' | 'clientAddress'>
type Denied = Extract<Decision, { kind: 'denied' }>

/** The same code as for any request says whom this one is counted against; what it presents besides plays no part. */
async function payerOf({ evidence, request, gateway }: Exchange): Promise<Payer> {
  const unnamed = { ...evidence, credentials: [] }
  return judgeAgain(unnamed, connectionOf(request.socket), gateway)
}

function heldFor({ account, clientAddress }: Payer, { gateway }: Exchange): number {
  const { limits } = gateway.access()
  if (account === 'loopback') return limits.loopbackHeldForMs()
  return limits.heldForMs(clientAddress, 'webhook', true)
}

function tokenIn({ url, request }: Exchange): string | null {
  const at = url.indexOf('?')
  if (request.method !== 'GET' || at < 0) return null
  return new URLSearchParams(url.slice(at + 1)).get(VERIFY_TOKEN)
}

function refuse(exchange: Exchange, decision: Denied): Outcome {
  exchange.judged = decision
  return refusedBy(decision)
}

function forged({ account, clientAddress }: Payer, fingerprint: string): Denied {
  const reason = 'webhook_forged'
  return {
    kind: 'denied',
    reason,
    code: reason,
    retryAfterMs: 0,
    pairing: null,
    failures: [{ class: 'webhook', reason, fingerprint }],
    account,
    clientAddress,
    trace: [{ step: 'screen', verdict: 'reject', reason, detail: fingerprint }],
  }
}

function lockedOut({ account, clientAddress }: Payer, retryAfterMs: number): Denied {
  const reason = 'locked'
  return {
    kind: 'denied',
    reason,
    code: reason,
    retryAfterMs,
    pairing: null,
    failures: [],
    account,
    clientAddress,
    trace: [{ step: 'limit', verdict: 'held', reason, detail: 'webhook' }],
  }
}
