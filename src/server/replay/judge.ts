/** Asks the decision code what would become of a recorded request: of every value that its open facts may have had. */
import { authenticate } from '../../access/authenticate.ts'
import { screen } from '../../access/screen.ts'
import type {
  Access,
  Decision,
  Evidence,
  Facts,
  PeerOwner,
  TailnetAnswer,
} from '../../access/types.ts'
import { shortId } from '../../core/ids.ts'
import type { StoredRequest } from '../../record/entries.ts'
import { acceptedBy, NOBODY_LISTED, type ShownParts } from './open-facts.ts'
import { settled, shownIn, type Shown } from './shown.ts'

export type Outcome =
  | {
      readonly kind: 'allowed'
      /** `kind:id`, as the record has it. */
      readonly principal: string
      readonly method: string
      readonly scopes: readonly string[]
    }
  | { readonly kind: 'refused'; readonly code: string }
  /** Its facts may have been such that it is allowed, and such that it is not. */
  | { readonly kind: 'undecided'; readonly why: string }

/** One configuration that is asked. */
export interface Rules extends ShownParts {
  readonly access: Access
}

/** Refused before anybody was asked who they are: no rule about people changes that. */
const BEFORE_RULES: ReadonlySet<string> = new Set(['malformed_request', 'credential_in_query'])

export function replayed(entry: StoredRequest, rules: Rules): Outcome {
  if (entry.code !== null && BEFORE_RULES.has(entry.code))
    return { kind: 'refused', code: entry.code }
  if (entry.code === 'malformed_evidence')
    return {
      kind: 'undecided',
      why: 'what was wrong with its forwarded addresses is not in the record',
    }
  const shown = shownIn(entry, rules)
  if (typeof shown === 'string') return { kind: 'undecided', why: shown }
  const outcomes = new Map<string, Outcome>()
  for (const evidence of settlements(shown)) {
    for (const outcome of outcomesOf(evidence, entry, rules)) outcomes.set(keyOf(outcome), outcome)
    if (outcomes.size > 1)
      return { kind: 'undecided', why: `${openIn(shown)} is not in the record` }
  }
  const [only] = outcomes.values()
  // Nonsense in them would be refused; whoever is refused anyway is so all the same.
  if (only?.kind === 'allowed' && newlyTrusted(entry, rules))
    return { kind: 'undecided', why: 'which addresses its proxy forwarded is not in the record' }
  return only ?? { kind: 'undecided', why: 'nothing can be made of it' }
}

/** Addresses were forwarded by somebody whom the configuration as it is does not trust: nobody followed them. */
function newlyTrusted({ forwarding, peer }: StoredRequest, rules: Rules): boolean {
  return (
    forwarding.includes('x-forwarded-for') && rules.network.isTrusted(peer) && !rules.trusted(peer)
  )
}

/** One for each way in which its open facts may have been. */
function settlements(shown: Shown): readonly Evidence[] {
  const { credentials, listener, proxyUser, missingHeaders, login, site } = shown
  const ways = pairs(pairs(credentials.values, listener.values), pairs(login.values, site.values))
  const named = pairs(proxyUser.values, missingHeaders.values)
  return pairs(ways, named).map(([[[presented, port], [who, page]], [user, missing]]) =>
    settled(shown, {
      credentials: presented,
      listener: port,
      login: who,
      site: page,
      proxyUser: user,
      missingHeaders: missing,
    }),
  )
}

function pairs<A, B>(ones: readonly A[], others: readonly B[]): readonly (readonly [A, B])[] {
  return ones.flatMap((one) => others.map((other) => [one, other] as const))
}

function openIn(shown: Shown): string {
  const { credentials, listener, proxyUser, missingHeaders, login, site } = shown
  const facts = [proxyUser, missingHeaders, login, credentials, listener, site]
  const open = facts.filter(({ values }) => values.length > 1)
  return open[0]?.what ?? 'whose program on this host it was'
}

/** The two facts that cost a look outside are tried only where the decision turns on them. */
function outcomesOf(
  evidence: Evidence,
  entry: StoredRequest,
  { access }: Rules,
): readonly Outcome[] {
  const reason = screen(evidence, access.policy, 'operation')
  if (reason !== null) return [{ kind: 'refused', code: reason }]
  // Nobody looked at what else it brought.
  if (entry.code === 'origin_not_allowed') return [UNSEEN]
  const judge = (facts: Facts) => authenticate(evidence, facts, access, entry.at)
  const first = judge({ peerOwner: undefined, tailnet: undefined })
  if (first.kind !== 'need') return [outcomeOf(first)]
  return ownersOf(entry, access).flatMap((peerOwner) => {
    const second = judge({ peerOwner, tailnet: undefined })
    if (second.kind !== 'need') return [outcomeOf(second)]
    return tailnetOf(entry).flatMap((tailnet) => {
      const third = judge({ peerOwner, tailnet })
      return third.kind === 'need' ? [] : [outcomeOf(third)]
    })
  })
}

const UNSEEN: Outcome = {
  kind: 'undecided',
  why: 'what a page on a foreign origin presented was not looked at',
}

/** Whoever was let in as the owner had the owner's uid; of others the record does not say. */
function ownersOf(entry: StoredRequest, { policy }: Access): readonly PeerOwner[] {
  const own = { kind: 'uid' as const, uid: policy.ownUid }
  const daemons = policy.tailscaledUids.map((uid) => ({ kind: 'uid' as const, uid }))
  if (acceptedBy(entry, 'local') !== null || acceptedBy(entry, 'none') !== null) return [own]
  return acceptedBy(entry, 'tailscale') === null ? [own, { kind: 'none' }, ...daemons] : daemons
}

function tailnetOf(entry: StoredRequest): readonly TailnetAnswer[] {
  const login = acceptedBy(entry, 'tailscale')
  if (login !== null) return [{ kind: 'user', login, displayName: login }]
  return [{ kind: 'unknown-address' }, { kind: 'user', login: NOBODY_LISTED, displayName: '' }]
}

/** A device that is approved without anybody being asked gets in. */
function outcomeOf(decision: Decision): Outcome {
  if (decision.kind === 'denied') {
    const { pairing, code } = decision
    if (pairing?.remedy !== 'automatic') return { kind: 'refused', code }
    const principal = `device:${shortId(pairing.deviceId)}`
    return { kind: 'allowed', principal, method: 'approved unasked', scopes: pairing.scopes }
  }
  const { kind, id, scopes } = decision.principal
  const principal = `${kind}:${kind === 'device' ? shortId(id) : id}`
  return { kind: 'allowed', principal, method: decision.method, scopes }
}

/** Why somebody is refused may differ with an open fact; that they are is one answer. */
function keyOf(outcome: Outcome): string {
  if (outcome.kind !== 'allowed') return outcome.kind
  return JSON.stringify([outcome.principal, outcome.scopes])
}
