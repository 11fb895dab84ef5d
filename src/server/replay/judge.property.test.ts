/** Asked again by the rules it was decided by, a recorded request comes out as it was recorded, or nobody can say. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CREDENTIALS } from '../../access/reference-credential-pool.fixture.ts'
import { DEVICE_NAMES, claimOf } from '../../access/reference-device-pool.fixture.ts'
import { NOW, stage, type Scene } from '../../access/reference-scene.fixture.ts'
import { anyScene } from '../../access/reference-stories.fixture.ts'
import { decideWith } from '../../access/scene.fixture.ts'
import { screen } from '../../access/screen.ts'
import type { Decision } from '../../access/types.ts'
import { Secret } from '../../core/secret.ts'
import { parseEntry, type StoredRequest } from '../../record/entries.ts'
import { isPort } from '../connection.ts'
import { principalName, requestEntry } from '../entry.ts'
import { refused, refusedBy } from '../outcome.ts'
import { replayed, type Rules } from './judge.ts'
import { ReplayTally } from './tally.ts'

const RUNS = 20_000
const USER_HEADER = 'x-forwarded-user'

/** What the edge writes about the scheme follows from the rest. */
const anyRequest = anyScene.map((scene): Scene => {
  const { evidence } = stage(scene)
  const seen = evidence.forwarding.length === 0 && isPort(evidence.listener)
  return { ...scene, scheme: seen ? 'http' : null }
})

/** As a line of the record says it. */
function recorded(scene: Scene): { entry: StoredRequest; decision: Decision | null } {
  const { evidence, facts, access } = stage(scene)
  const reason = screen(evidence, access.policy, 'operation')
  const decision = reason === null ? decideWith(evidence, facts, access, NOW) : null
  const entry = requestEntry({
    requestId: 'a-1',
    at: NOW,
    operation: evidence.transport === 'websocket' ? 'connect' : 'whoami',
    evidence,
    peer: evidence.peer.address,
    decision,
    outcome:
      decision === null
        ? refused('origin_not_allowed')
        : decision.kind === 'denied'
          ? refusedBy(decision)
          : { kind: 'served', output: null },
  })
  const parsed = parseEntry(Buffer.from(JSON.stringify({ kind: 'request', ...entry })))
  if (parsed?.kind !== 'request') throw new Error('no line of the record')
  return { entry: parsed, decision }
}

/** The very rules that the scene was decided by. */
function rulesOf(scene: Scene): Rules {
  const { evidence, access } = stage(scene)
  const { peer, claims } = evidence
  const secrets = Object.values(CREDENTIALS).map(({ secret }) => secret)
  const { fingerprints } = access
  const trusted = (): boolean => peer.trusted
  return {
    access: {
      ...access,
      sessions: {
        ...access.sessions,
        find(digest) {
          const session = access.sessions.find(digest)
          return session === null ? null : { ...session, proofDigest: digest }
        },
      },
    },
    network: {
      isTrusted: trusted,
      isOwnInterface: () => peer.ownInterface,
      userHeader: USER_HEADER,
      requiredHeaders: claims.missingHeaders,
      identityHeaders: new Set([USER_HEADER, ...claims.missingHeaders]),
      singleHeaders: new Set(),
      passwordLive: true,
    },
    named: new Set([USER_HEADER, ...claims.missingHeaders]),
    trusted,
    users: ['alice@example.com', 'blank@example.com'],
    secretOf: (cls, shown) =>
      secrets.find((one) => [fingerprints.own(one), fingerprints.refused(one)].includes(shown)) ??
      new Secret(`${cls} ${shown}`),
    deviceOf: (short) =>
      DEVICE_NAMES.map((name) => claimOf(name, true)).find(({ id }) => id.startsWith(short)) ?? {
        id: short.padEnd(64, '0'),
        publicKey: '',
      },
  }
}

test('replaying against the unchanged rules changes nobody', { timeout: 120_000 }, () => {
  const counts = { decided: 0, allowed: 0 }
  const property = fc.property(anyRequest, (scene) => {
    const { entry, decision } = recorded(scene)
    const outcome = replayed(entry, rulesOf(scene))
    // Whoever is approved without being asked is in by the time of the line.
    const approves = decision?.kind === 'denied' && decision.pairing?.remedy === 'automatic'
    if (outcome.kind === 'undecided' || approves) return
    counts.decided += 1
    const was = decision?.kind === 'allowed' ? decision : null
    if ((was === null) !== (outcome.kind === 'refused'))
      expect.fail(JSON.stringify([outcome, entry, decision]))
    if (was === null || outcome.kind !== 'allowed') return
    counts.allowed += 1
    expect([outcome.principal, outcome.scopes]).toEqual([principalName(was), was.principal.scopes])
  })
  fc.assert(property, { numRuns: RUNS })
  expect(counts.decided).toBeGreaterThan(RUNS / 3)
  expect(counts.allowed).toBeGreaterThan(RUNS / 50)
})

/** The same request under the rules of another scene. */
function underRulesOf(scene: Scene, other: Scene): Scene {
  const { mode, rotating, allowLocalDirect, allowUsers, allowLoopback, tailscale } = other
  const { listenerOnly, identityScopes, apiKeys, allowedOrigins, pairing } = other
  const rules = { mode, rotating, allowLocalDirect, allowUsers, allowLoopback, tailscale }
  return { ...scene, ...rules, listenerOnly, identityScopes, apiKeys, allowedOrigins, pairing }
}

/** With the facts that the record does not hold. */
function truth(scene: Scene): Decision | null {
  const { evidence, facts, access } = stage(scene)
  if (screen(evidence, access.policy, 'operation') !== null) return null
  return decideWith(evidence, facts, access, NOW)
}

test(
  'by other rules it comes out as it would have, or nobody can say',
  { timeout: 120_000 },
  () => {
    const counts = { decided: 0, changed: 0 }
    const property = fc.property(anyRequest, anyRequest, (at, other) => {
      // Whom a lock holds by other rules is another question.
      const scene: Scene = { ...at, lockedClass: 'none', loopbackHeld: false }
      const then = underRulesOf(scene, other)
      const { entry } = recorded(scene)
      const outcome = replayed(entry, rulesOf(then))
      if (outcome.kind === 'undecided') return
      counts.decided += 1
      const would = truth(then)
      const approves = would?.kind === 'denied' && would.pairing?.remedy === 'automatic'
      const allowed = approves || would?.kind === 'allowed'
      if (allowed !== (outcome.kind === 'allowed'))
        expect.fail(JSON.stringify([outcome, entry, would, then]))
      if (allowed !== (entry.principal !== null)) counts.changed += 1
    })
    fc.assert(property, { numRuns: RUNS })
    expect(counts.decided).toBeGreaterThan(RUNS / 3)
    expect(counts.changed).toBeGreaterThan(RUNS / 50)
  },
)

test('and nobody gains or loses by them', { timeout: 60_000 }, () => {
  const property = fc.property(anyRequest, (scene) => {
    const tally = new ReplayTally(rulesOf(scene), rulesOf(scene))
    tally.add(recorded(scene).entry)
    const { gains, losses, unlisted } = tally.result()
    expect([gains, losses, unlisted]).toEqual([[], [], { gains: 0, losses: 0 }])
  })
  fc.assert(property, { numRuns: 2_000 })
})
