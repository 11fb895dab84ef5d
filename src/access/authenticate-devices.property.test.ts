/** Devices in the decision: showing one, rightly or not, never helps anybody to more than they had. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Scene } from './reference-scene.fixture.ts'
import { stage } from './reference-scene.fixture.ts'
import { DEVICE_CREDENTIALS, DEVICE_NAMES } from './reference-device-pool.fixture.ts'
import { worthOf } from './reference-devices.fixture.ts'
import { has } from './reference-scopes.fixture.ts'
import { anyScene } from './reference-stories.fixture.ts'
import { decideWith } from './scene.fixture.ts'
import type { Scope } from './scopes.ts'
import type { Decision } from './types.ts'

const RUNS = 40_000
const TIMEOUT = 180_000

function decide(scene: Scene): Decision {
  const { evidence, facts, access, now } = stage(scene)
  return decideWith(evidence, facts, access, now)
}

/** `expect` only where it has something to say: it is slow. */
function holds(truth: boolean, words: string): void {
  if (!truth) expect.fail(words)
}

/** Nothing new, and nobody who was not let in. */
function neverMore(before: Decision, after: Decision, what: string): void {
  if (after.kind === 'denied') return
  if (before.kind === 'denied') return expect.fail(`${what} let somebody in`)
  for (const scope of after.principal.scopes)
    holds(has(before.principal.scopes, scope), `${what} gave ${scope}`)
}

const anySocket = anyScene.map((scene): Scene => ({ ...scene, transport: 'websocket' }))
const anyDevice = fc.constantFrom(...DEVICE_NAMES)
const counts = { in: 0, out: 0 }
function count({ kind }: Decision): void {
  if (kind === 'allowed') counts.in += 1
  else counts.out += 1
}

test('R03: a proof that does not hold opens nothing, and never helps', { timeout: TIMEOUT }, () => {
  const property = fc.property(anyScene, anyDevice, (scene, device) => {
    const after = decide({ ...scene, device, proven: false })
    if (scene.transport === 'websocket') holds(after.kind === 'denied', 'a false proof came in')
    neverMore(decide({ ...scene, device: 'none' }), after, 'a false proof')
  })
  fc.assert(property, { numRuns: RUNS })
})

test(
  'R03: a device shown beside a right credential has at most what the credential has alone',
  { timeout: TIMEOUT },
  () => {
    const others = (scene: Scene): Scene['credentials'] =>
      scene.credentials.filter((name) => !(name in DEVICE_CREDENTIALS))
    const property = fc.property(anySocket, anyDevice, (scene, device) => {
      // A node is nothing without a device, and has no scopes with one.
      const role = scene.role === 'node' ? 'operator' : scene.role
      const alone: Scene = { ...scene, role, credentials: others(scene), device: 'none' }
      const after = decide({ ...alone, device, proven: true })
      count(after)
      neverMore(decide(alone), after, `the device ${device}`)
    })
    fc.assert(property, { numRuns: RUNS })
    expect(Math.min(counts.in, counts.out)).toBeGreaterThan(RUNS / 10)
  },
)

test(
  'a device has at most what it was approved for, whatever it shows besides its token',
  { timeout: TIMEOUT },
  () => {
    const property = fc.property(anySocket, (scene) => {
      const decision = decide(scene)
      if (decision.kind === 'denied' || decision.device === null) return
      const { devices } = stage(scene).access
      const { id, role } = decision.device
      const grant = devices.find(id)?.grants.find((one) => one.role === role)
      const approved: readonly Scope[] = worthOf(grant?.scopes ?? [])
      holds(id === scene.device && scene.proven, 'another device than the one with the key')
      holds(decision.principal.role === role, 'another role')
      for (const scope of decision.principal.scopes)
        holds(has(approved, scope), `${id} was not approved for ${scope}`)
    })
    fc.assert(property, { numRuns: RUNS })
  },
)

test('web chats and nodes never have an operator’s scope', { timeout: TIMEOUT }, () => {
  const property = fc.property(anyScene, (scene) => {
    const decision = decide(scene)
    if (decision.kind === 'denied') return
    const { role, scopes } = decision.principal
    if (scene.transport === 'websocket') holds(role === scene.role, `came as ${role}`)
    if (role !== 'operator') holds(scopes.length === 0, `a ${role} with ${scopes.join()}`)
  })
  fc.assert(property, { numRuns: RUNS })
})

test(
  'an approval that would come unasked never gives more than the caller holds, nor what was taken away',
  { timeout: TIMEOUT },
  () => {
    const seen = { automatic: 0 }
    const property = fc.property(anySocket, (scene) => {
      const decision = decide(scene)
      if (decision.kind === 'allowed' || decision.pairing?.remedy !== 'automatic') return
      seen.automatic += 1
      const { pairing } = decision
      const known = stage(scene).access.devices.find(pairing.deviceId)
      holds((known?.barred ?? []).length === 0, 'it was taken away')
      const held = known?.grants.find(({ role }) => role === pairing.role)?.scopes ?? []
      const alone = decide({ ...scene, device: 'none', role: 'operator' })
      const mine = alone.kind === 'allowed' ? alone.principal.scopes : []
      for (const scope of pairing.scopes)
        holds(has(held, scope) || has(mine, scope), `${scope} is nobody's to give`)
    })
    fc.assert(property, { numRuns: RUNS })
    expect(seen.automatic).toBeGreaterThan(400)
  },
)

test('the port for nodes admits nobody else (SPEC 4)', { timeout: TIMEOUT }, () => {
  const property = fc.property(anyScene, (scene) => {
    const decision = decide({ ...scene, listener: 'bridge' })
    if (decision.kind === 'allowed') holds(decision.principal.role === 'node', 'not a node')
  })
  fc.assert(property, { numRuns: RUNS })
})
