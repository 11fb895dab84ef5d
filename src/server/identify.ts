/** Evidence in, Decision out; what was wrong in it is counted here. Once per HTTP request, once per WebSocket, and for a secret typed into the login. */
import { authenticate } from '../access/authenticate.ts'
import { UNGUESSABLE_LENGTH } from '../core/secret.ts'
import { NO_FACTS, type Decision, type Evidence, type Facts } from '../access/types.ts'
import type { Connection } from './connection.ts'
import type { Gateway } from './gateway.ts'
import type { Allowed } from './outcome.ts'

/** Answers at once where nothing outside the process has to be asked: the way of almost every request. */
export function identify(
  evidence: Evidence,
  connection: Connection,
  gateway: Gateway,
): Decision | Promise<Decision> {
  const facts =
    connection.knownOwner === null ? NO_FACTS : { ...NO_FACTS, peerOwner: connection.knownOwner }
  const judgement = authenticate(evidence, facts, gateway.access(), gateway.clock())
  if (judgement.kind === 'need') return gather(evidence, connection, gateway)
  return settle(judgement, evidence, gateway)
}

/** The same judgement without consequences: for connections that a reload asks about again. */
export function judgeAgain(
  evidence: Evidence,
  connection: Connection,
  gateway: Gateway,
): Promise<Decision> {
  return withFacts({ evidence, connection, gateway }, (decision) => decision)
}

function gather(evidence: Evidence, connection: Connection, gateway: Gateway): Promise<Decision> {
  return withFacts({ evidence, connection, gateway }, (decision) =>
    settle(decision, evidence, gateway),
  )
}

interface Asked {
  readonly evidence: Evidence
  readonly connection: Connection
  readonly gateway: Gateway
}

/**
 * Fetches what the decision turns on and judges again. `conclude` runs in the same turn as the comparison:
 * many requests wait for one look outside, and none of them may compare before the last one was counted (R24).
 */
async function withFacts(
  { evidence, connection, gateway }: Asked,
  conclude: (decision: Decision) => Decision | Promise<Decision>,
): Promise<Decision> {
  const judge = (facts: Facts) => authenticate(evidence, facts, gateway.access(), gateway.clock())
  const first = judge({
    ...NO_FACTS,
    ...(connection.knownOwner !== null && { peerOwner: connection.knownOwner }),
  })
  if (first.kind !== 'need') return conclude(first)

  const peerOwner = await ownerOf(connection, gateway)
  const second = judge({ peerOwner, tailnet: undefined })
  if (second.kind !== 'need') return conclude(second)

  const tailnet = await gateway.facts.tailnet(evidence.claims.forwardedAddress ?? '')
  const third = judge({ peerOwner, tailnet })
  if (third.kind === 'need')
    throw new Error(`the decision still turns on ${third.fact} after it was asked`)
  return conclude(third)
}

/** One look a connection, shared by the requests on it. */
async function ownerOf(
  connection: Connection,
  gateway: Gateway,
): Promise<NonNullable<Facts['peerOwner']>> {
  connection.owner ??= gateway.facts.peerOwner(connection)
  const owner = await connection.owner
  connection.knownOwner = owner
  return owner
}

/** Judges what was judged before, once its approval has changed: what was wrong in it is counted already. */
export async function reconsider(
  evidence: Evidence,
  connection: Connection,
  gateway: Gateway,
): Promise<Decision> {
  return withFacts({ evidence, connection, gateway }, (decision) =>
    decision.kind === 'allowed' ? succeed(decision, evidence.agent, gateway) : decision,
  )
}

/** Counts what was wrong, forgives what was right; waits only for a lock that this request created, or a token that it confirms. */
function settle(
  decision: Decision,
  evidence: Evidence,
  gateway: Gateway,
): Decision | Promise<Decision> {
  if (decision.trace.some(({ reason }) => reason === 'token_browned_out'))
    gateway.onTurnedAway(evidence, decision.clientAddress)
  const locked = decision.failures.length > 0 ? charge(decision, gateway) : null
  const settled =
    decision.kind === 'allowed' ? succeed(decision, evidence.agent, gateway) : decision
  return locked === null ? settled : locked.then(() => settled)
}

function succeed(decision: Allowed, agent: string, gateway: Gateway): Decision | Promise<Decision> {
  const { device } = decision
  if (decision.failures.length === 0 && decision.class !== null)
    gateway.guesses.clear(decision.clientAddress, decision.class)
  gateway.onAllowed(decision, agent)
  if (device?.confirmsRotation !== true) return decision
  // The old token must not come back after a crash once its successor has been used.
  return gateway.pairing.confirm(device.id, device.role).then(() => decision)
}

/** What was wrong in a request, and who is to pay for it. */
export type Wrong = Pick<Decision, 'failures' | 'account' | 'clientAddress'>

/** Counts at once, before anything else runs; `null`, or what resolves when the locks it created are durable or lost to a full disk. */
export function charge(
  { failures, account, clientAddress }: Wrong,
  gateway: Gateway,
): Promise<void> | null {
  const { secrets } = gateway.access().policy
  const waits: Promise<void>[] = []
  for (const failure of failures) {
    if (account === 'loopback') {
      gateway.guesses.chargeLoopback()
      continue
    }
    // How long a webhook's token is, its account alone knows.
    const guessable =
      failure.class === 'webhook' ||
      (failure.class === 'shared' &&
        secrets.some(({ secret }) => secret.length < UNGUESSABLE_LENGTH))
    const { durable } = gateway.guesses.charge(clientAddress, failure.class, { guessable })
    if (durable === null) continue
    gateway.locks.created(clientAddress, failure.class)
    waits.push(durable)
  }
  // A journal that cannot be written is logged where it fails; the lock holds in memory all the same.
  return waits.length === 0 ? null : Promise.allSettled(waits).then(() => undefined)
}
