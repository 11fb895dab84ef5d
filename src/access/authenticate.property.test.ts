/** The decision against a naive reading of SPEC 2 and 3, and what no addition to a request may ever change. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { authenticate } from './authenticate.ts'
import { REASONS } from './reasons.ts'
import {
  anyForeignPage,
  anyHeader,
  anyScope,
  anyWrong,
  withHeader,
  withWrong,
  without,
} from './reference-additions.fixture.ts'
import { decideByTheText } from './reference.fixture.ts'
import type { Answer } from './reference.fixture.ts'
import { proxyIdentity, tailscaleIdentity } from './reference-identities.fixture.ts'
import { guessAccount, isLocalDirect } from './reference-locality.fixture.ts'
import { stage } from './reference-scene.fixture.ts'
import type { Scene } from './reference-scene.fixture.ts'
import { sorted } from './reference-scopes.fixture.ts'
import { anyScene } from './reference-stories.fixture.ts'
import type { Asked } from './reference-types.fixture.ts'
import { decideWith } from './scene.fixture.ts'
import { screen } from './screen.ts'
import type { Decision } from './types.ts'

const RUNS = 100_000
const TIMEOUT = 180_000

function decide({ evidence, facts, access, now }: Asked): Decision {
  return decideWith(evidence, facts, access, now)
}

/** Where nothing is counted, where it would have been counted is nobody's business. */
function comparable(answer: Answer): Answer {
  return answer.failures.length > 0 ? answer : { ...answer, account: 'address' }
}

function answerOf(decision: Decision): Answer {
  const failures = decision.failures.map((failure) => failure.class).sort()
  const { account, clientAddress } = decision
  const seen = { failures, account, clientAddress }
  if (decision.kind === 'denied') {
    const { tell } = REASONS[decision.reason]
    const remedy = decision.pairing?.remedy ?? null
    return { ...NOBODY, tell, remedy, ...seen }
  }
  const { kind, id, role, scopes } = decision.principal
  const { method, device } = decision
  const who = { method, kind, id, role, scopes: sorted(scopes), device: device?.id ?? null }
  const confirms = device?.confirmsRotation === true
  return { allowed: true, ...who, confirms, tell: null, remedy: null, ...seen }
}
const NOBODY = {
  allowed: false,
  method: null,
  kind: null,
  id: null,
  role: null,
  scopes: [],
  device: null,
  confirms: false,
}
function ask(scene: Scene): Answer {
  return answerOf(decide(stage(scene)))
}

/** `expect` only where it has something to say: it is slow, and there are a million of these. */
function same(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) expect(actual).toEqual(wanted)
}
function holds(truth: boolean, words: string): void {
  if (!truth) expect.fail(words)
}

class Tally {
  readonly #counts = new Map<string, number>()
  add(name: string | null): void {
    if (name !== null) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }
  /** The generator is not blind: each of `names` came up. */
  expectEach(names: readonly string[], least: number): void {
    const rare = names.filter((name) => (this.#counts.get(name) ?? 0) < least)
    expect(rare).toEqual([])
  }
}
const OUTCOMES =
  'session device-token token api-key password local none tailscale trusted-proxy unauthenticated throttled'
const REACHED = `token_mismatch password_mismatch no_shared_secret shared_secret_not_here
  proxy_required api_key_unknown api_key_expired api_key_revoked api_keys_disabled
  device_token_unknown session_unknown session_expired session_secret_gone tailscale_required
  tailscale_funnel tailscale_peer_untrusted tailscale_headers_missing tailscale_unavailable
  tailscale_address_unknown tailscale_identity_mismatch trusted_proxy_untrusted_source
  trusted_proxy_loopback_source trusted_proxy_local_interface_source trusted_proxy_missing_header
  trusted_proxy_user_missing trusted_proxy_user_not_allowed local_direct_not_admitted locked
  nothing_presented device_token_without_key device_token_wrong_role device_approval_expired
  device_required device_not_paired device_role_not_approved device_scope_not_approved
  device_signature_invalid setup_code_invalid setup_code_lapsed role_not_allowed`

test(
  'engine and naive reading agree on who gets in, as whom, with which scopes, and what is counted',
  { timeout: TIMEOUT },
  () => {
    const outcomes = new Tally()
    const reasons = new Tally()
    const property = fc.property(anyScene, (scene) => {
      const asked = stage(scene)
      const decision = decide(asked)
      const answer = answerOf(decision)
      outcomes.add(answer.method ?? answer.tell)
      if (decision.kind === 'denied') reasons.add(decision.reason)
      for (const step of decision.trace) reasons.add(step.reason)
      same(comparable(answer), comparable(decideByTheText(asked)))
    })
    fc.assert(property, { numRuns: 120_000 })
    outcomes.expectEach(OUTCOMES.split(' '), 500)
    reasons.expectEach(REACHED.split(/\s+/), 100)
    reasons.expectEach(['setup_code_without_key'], 10)
  },
)

test('what was looked up before it mattered changes no answer', { timeout: TIMEOUT }, () => {
  const property = fc.property(anyScene, (scene) => {
    const asked = stage(scene)
    const { evidence, facts, access, now } = asked
    const first = authenticate(evidence, facts, access, now)
    if (first.kind === 'need') throw new Error(`needs ${first.fact}, which it was given`)
    same(comparable(answerOf(first)), comparable(answerOf(decide(asked))))
  })
  fc.assert(property, { numRuns: RUNS })
})

test(
  'R06 R24: a wrong credential never helps, and never hides another guess',
  { timeout: TIMEOUT },
  () => {
    const seen = new Tally()
    const property = fc.property(anyScene, anyWrong, fc.nat(3), (scene, wrong, at) => {
      const before = ask(without(scene, wrong))
      const after = ask(withWrong(scene, wrong, at))
      seen.add(before.allowed ? 'allowed' : 'denied')
      same(whoIsIn(after), whoIsIn(before))
      const missing = [...before.failures]
      for (const one of after.failures) {
        const found = missing.indexOf(one)
        if (found >= 0) missing.splice(found, 1)
      }
      same(missing, [])
      const more = after.failures.length - before.failures.length
      holds(more === 1 || (more === 0 && isHeld(scene)), `${wrong} was counted ${more} times`)
    })
    fc.assert(property, { numRuns: RUNS })
    seen.expectEach(['allowed', 'denied'], 10_000)
  },
)

function whoIsIn({ allowed, method, kind, id, scopes }: Answer): Partial<Answer> {
  return { allowed, method, kind, id, scopes }
}
function isHeld(scene: Scene): boolean {
  return scene.loopbackHeld || scene.lockedClass !== 'none'
}

test(
  'R16 R25 R34: a header that nobody we trust has set never helps and never moves the blame',
  { timeout: TIMEOUT },
  () => {
    const seen = new Tally()
    const property = fc.property(anyScene, anyHeader, (scene, header) => {
      const forged = withHeader(scene, header)
      if (forged === null) return
      const before = ask(scene)
      const after = ask(forged)
      seen.add(header)
      neverHelps(before, after, scene)
      const wasLocal = before.method === 'local' || before.method === 'none'
      if (wasLocal && scene.listener !== 'owner') seen.add('was local')
      if (scene.listener !== 'owner') {
        holds(after.method !== 'local' && after.method !== 'none', `${header} left it local`)
        holds(after.account === 'address', `${header} left it exempt`)
      }
      if (header !== 'tailscale-funnel-request') same(after.clientAddress, before.clientAddress)
    })
    fc.assert(property, { numRuns: RUNS })
    seen.expectEach(['the user header', 'what Serve sends', 'via', 'was local'], 500)
  },
)

/** Off this host guesses are counted elsewhere: what is held or locked there differs, and so may which of two good credentials answers. */
function neverHelps(before: Answer, after: Answer, scene: Scene): void {
  const exempt = guessAccount(stage(scene)) === 'loopback'
  if (exempt && scene.loopbackHeld) return
  // A right credential beside a device that is not approved is refused; held, it leaves the owner who he is.
  if (exempt && isHeld(scene) && scene.device !== 'none') return
  // What is approved unasked is as good as in.
  if (before.remedy === 'automatic') return
  holds(before.allowed || !after.allowed, 'denied became allowed')
  if (!after.allowed || (exempt && isHeld(scene))) return
  // Named by Tailscale and by our proxy at once: what spoils the first leaves the second, who was named before as well.
  if (before.method === 'tailscale' && after.method === 'trusted-proxy') return
  same([after.kind, after.id], [before.kind, before.id])
  const more = after.scopes.filter((scope) => !before.scopes.includes(scope))
  same(more, [])
}

test(
  'R36: a page that is not ours never helps, and is refused unless every origin is welcome',
  { timeout: TIMEOUT },
  () => {
    const property = fc.property(anyScene, anyForeignPage, (scene, page) => {
      const plain = { ...scene, origin: null, site: null }
      const foreign = { ...plain, ...page }
      const { evidence, access } = stage(foreign)
      const reason = screen(evidence, access.policy, 'operation')
      if (scene.allowedOrigins !== 'any') same(reason, 'origin_not_allowed')
      const after = ask(foreign)
      neverHelps(ask(plain), after, plain)
      if (scene.listener === 'owner') return
      holds(after.method !== 'local' && after.method !== 'none', 'a foreign page is local')
      if (foreign.origin !== null) same(after.account, 'address')
    })
    fc.assert(property, { numRuns: RUNS })
  },
)

test('R02: asking for one more scope adds that scope or nothing', { timeout: TIMEOUT }, () => {
  const seen = new Tally()
  const property = fc.property(anyScene, anyScope, (scene, scope) => {
    const socket: Scene = { ...scene, transport: 'websocket' }
    const before = ask(socket)
    const after = ask({ ...socket, requested: [...scene.requested, scope] })
    const device = scene.device !== 'none'
    // A page's proxy or tailnet is heard once its credentials are not enough, and may be wrong as well (R43).
    if (device && scene.controlUi)
      holds(
        before.failures.every((one) => after.failures.includes(one)),
        'a guess forgotten',
      )
    else same(after.failures, before.failures)
    // A device that asks for more than it was approved for is refused, or is let in as somebody else that it shows.
    if (device && before.allowed && !after.allowed) return seen.add('refused')
    if (device && before.allowed && after.id !== before.id) return seen.add('somebody else')
    if (!device) same([after.allowed, after.id], [before.allowed, before.id])
    // What is approved unasked is as good as in.
    if (before.remedy === 'automatic') return seen.add('as good as in')
    holds(before.allowed || !after.allowed, 'let in for asking more')
    const more = after.scopes.filter((one) => !before.scopes.includes(one))
    const everything = decideByTheText(stage({ ...socket, requested: ALL }))
    holds(more.length === 0 || (more.length === 1 && more[0] === scope), `got ${more.join()}`)
    holds(
      device || more.every((one) => everything.scopes.includes(one)),
      `${scope} was never granted`,
    )
    seen.add(more.length > 0 ? 'granted' : 'not granted')
  })
  fc.assert(property, { numRuns: RUNS })
  seen.expectEach(['granted', 'not granted', 'refused'], 1_500)
})
const ALL: Scene['requested'] = [
  'operator.read',
  'operator.write',
  'operator.tools',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
]

test(
  'x-openclaw-scopes never adds a scope and never decides who gets in',
  { timeout: TIMEOUT },
  () => {
    const header = fc.subarray([...ALL])
    const property = fc.property(anyScene, header, (any, scopesHeader) => {
      // What is approved unasked it does narrow, and a page is somebody else then: the naive reading covers that.
      const scene = any.controlUi ? { ...any, device: 'none' as const } : any
      const before = ask({ ...scene, scopesHeader: null })
      const after = ask({ ...scene, scopesHeader })
      same([after.allowed, after.id, after.failures], [before.allowed, before.id, before.failures])
      const granted = before.scopes.includes('operator.admin') ? ALL : before.scopes
      const implied = granted.includes('operator.write') ? [...granted, 'operator.read'] : granted
      same(
        after.scopes.filter((scope) => !implied.includes(scope)),
        [],
      )
    })
    fc.assert(property, { numRuns: RUNS })
  },
)

test(
  'without a credential and without a proven identity nobody is in but the owner, local-direct',
  { timeout: TIMEOUT },
  () => {
    const seen = new Tally()
    const property = fc.property(anyScene, (scene) => {
      const asked = stage({ ...scene, credentials: [] })
      const answer = answerOf(decide(asked))
      seen.add(answer.method ?? answer.tell)
      if (!answer.allowed) return
      const { policy } = asked.access
      const owner = asked.evidence.listener === 'owner'
      const local = owner || (isLocalDirect(asked) && policy.allowLocalDirect)
      const tailnet = tailscaleIdentity(asked).kind === 'proven'
      const proxy = policy.mode === 'trusted-proxy' && proxyIdentity(asked).kind === 'proven'
      const strict = policy.tailscale === 'require' && !tailnet
      holds(local || tailnet || (proxy && !strict), `let in as ${answer.method}`)
    })
    fc.assert(property, { numRuns: RUNS })
    seen.expectEach(['local', 'none', 'tailscale', 'trusted-proxy', 'unauthenticated'], 1_000)
  },
)

test('R07: what a client calls itself changes nothing', { timeout: TIMEOUT }, () => {
  const names = fc.constantFrom('', 'openclaw-control-ui', 'gateway-client', 'cli', 'localhost')
  const property = fc.property(anyScene, names, (scene, agent) => {
    const asked = stage(scene)
    const { claims } = asked.evidence
    const renamed = { ...asked.evidence, agent, claims: { ...claims, tailscaleName: agent } }
    same(decide({ ...asked, evidence: renamed }), decide(asked))
  })
  fc.assert(property, { numRuns: RUNS })
})

test('R14: empty and blank never widen', { timeout: TIMEOUT }, () => {
  const seen = new Tally()
  const empty: readonly Partial<Scene>[] = [
    { scopesHeader: [] },
    { transport: 'websocket', requested: [] },
    { user: 'blank@example.com', identityScopes: 'listed' },
    { user: '', allowUsers: 'a blank entry' },
    { login: '' },
    { credentials: ['key for nothing'] },
  ]
  const property = fc.property(anyScene, fc.constantFrom(...empty), (scene, blank) => {
    const asked = { ...scene, ...blank }
    const { method, id, scopes, allowed } = ask(asked)
    const identity = method === 'tailscale' || method === 'trusted-proxy'
    const capped = asked.scopesHeader?.length === 0 && (identity || asked.transport !== 'http')
    const nothing = asked.transport === 'websocket' && asked.requested.length === 0
    const unlisted = id === 'blank@example.com' && asked.identityScopes === 'listed'
    if (allowed && (capped || nothing || unlisted || id === 'nothing')) {
      seen.add(capped ? 'capped' : nothing ? 'nothing asked' : unlisted ? 'entry' : 'key')
      same(scopes, [])
    }
    if (asked.user === '') holds(method !== 'trusted-proxy', 'a blank user is in')
    if (asked.login === '') holds(method !== 'tailscale', 'a blank login is in')
    holds(id !== '', 'nobody is in')
  })
  fc.assert(property, { numRuns: RUNS })
  seen.expectEach(['capped', 'nothing asked', 'entry', 'key'], 300)
})

test('R55: what is not known is no', { timeout: TIMEOUT }, () => {
  const unknown: readonly Partial<Scene>[] = [
    { owner: 'no row', socketOwners: true },
    { tailnet: 'unavailable' },
    { tailnet: 'unknown address' },
    { site: 'whatever comes next' },
    { allowUsers: 'not configured' },
  ]
  const property = fc.property(anyScene, fc.constantFrom(...unknown), (scene, gap) => {
    const asked = { ...scene, ...gap }
    const { method } = ask(asked)
    const local = (method === 'local' || method === 'none') && asked.listener !== 'owner'
    if (gap.owner !== undefined || gap.site !== undefined) holds(!local, 'local on a guess')
    if (gap.owner !== undefined || gap.tailnet !== undefined)
      holds(method !== 'tailscale', 'Tailscale on a guess')
    if (gap.allowUsers !== undefined) holds(method !== 'trusted-proxy', 'a proxy on a guess')
  })
  fc.assert(property, { numRuns: RUNS })
})
