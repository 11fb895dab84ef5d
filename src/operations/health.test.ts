import { SnapshotSchema } from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { health, keptHealth } from './health.ts'
import { operatorCall, runOperation } from './operator-call.fixture.ts'

const RELOAD = { hotReloadStatus: 'active' } as const
const STORE = {
  path: 'store.sqlite',
  count: 1,
  recent: [{ key: 'agent:main:main', updatedAt: 1, age: 2 }],
}
const COUNTS = {
  byAgent: [{ agentId: 'main', name: 'Main', isDefault: true, sessions: STORE }],
  all: STORE,
}

function countedHealth() {
  const made = { count: 0 }
  const time = { now: 1_000 }
  const port = keptHealth({
    configReload: () => RELOAD,
    defaultAgentId: () => 'main',
    sessions: async () => {
      made.count += 1
      return COUNTS
    },
    clock: () => time.now,
  })
  return { made, time, port }
}

const nobody = operatorCall([])

describe('health', () => {
  it('answers readers what the protocol calls a health snapshot', async () => {
    const answer = await runOperation(health(countedHealth().port))
    const snapshot = {
      presence: [],
      health: answer,
      stateVersion: { presence: 0, health: 0 },
      uptimeMs: 0,
    }
    expect(Check(SnapshotSchema, snapshot)).toBe(true)
    expect(Check(SnapshotSchema, { ...snapshot, health: { ok: true, ours: true } })).toBe(false)
    expect(answer).toMatchObject({
      ok: true,
      ts: 1_000,
      defaultAgentId: 'main',
      agents: [
        { agentId: 'main', isDefault: true, heartbeat: { enabled: false }, sessions: STORE },
      ],
      sessions: STORE,
    })
  })

  it('tells who may not read that it is well, and nothing of agents or conversations', async () => {
    const { made, port } = countedHealth()
    const answer = await runOperation(health(port), { probe: true }, nobody)
    expect(answer).toEqual({ ok: true, ts: 1_000, durationMs: 0, configReload: RELOAD })
    expect(made.count).toBe(0)
  })

  it('hands out the very same object until it is five seconds old or somebody asks for a probe', async () => {
    const { made, time, port } = countedHealth()
    const operation = health(port)
    const first = await runOperation(operation)
    time.now += 4_999
    expect(await runOperation(operation)).toBe(first)
    expect(made.count).toBe(1)

    const probed = await runOperation(operation, { probe: true })
    expect(probed).not.toBe(first)
    expect(await runOperation(operation)).toBe(probed)

    time.now += 5_000
    expect(await runOperation(operation)).toMatchObject({ ts: 10_999 })
    expect(made.count).toBe(3)
  })

  it('counts once for all who ask at the same time', async () => {
    const { made, port } = countedHealth()
    const operation = health(port)
    await Promise.all(Array.from({ length: 20 }, () => runOperation(operation, { probe: true })))
    expect(made.count).toBe(1)
  })

  it('answers without a promise, so that a busy connection is not slowed', async () => {
    const { port } = countedHealth()
    const operation = health(port)
    await runOperation(operation)
    expect(operation.run({}, operatorCall())).toMatchObject({ ok: true, ts: 1_000 })
    expect(operation.run({}, nobody)).toBe(port.summary())
  })

  it('counts again after the store could not be read', async () => {
    const answers = [async () => Promise.reject(new Error('store')), async () => COUNTS]
    const port = keptHealth({
      configReload: () => RELOAD,
      defaultAgentId: () => 'main',
      sessions: async () => (answers.shift() ?? (async () => COUNTS))(),
      clock: () => 1,
    })
    await expect(runOperation(health(port))).rejects.toThrow('store')
    expect(port.summary()).toMatchObject({ ok: true })
    expect(await runOperation(health(port))).toMatchObject({ sessions: STORE })
  })

  it.each([
    [{ probe: 'true' }, 2],
    [{ probe: '0' }, 1],
    [{ probe: false }, 1],
  ])('reads %j as a query string writes it', async (input, count) => {
    const { made, port } = countedHealth()
    await runOperation(health(port))
    await runOperation(health(port), input)
    expect(made.count).toBe(count)
  })

  it.each([[{ probe: 'maybe' }], [{ deep: true }], ['x'], [[]]])('refuses %j', async (input) => {
    await expect(runOperation(health(countedHealth().port), input)).rejects.toThrow()
  })
})
