import { SnapshotSchema } from '@openclaw/gateway-protocol/schema'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { health, keptHealth, type HealthSummary } from './health.ts'
import { runOperation } from './operator-call.fixture.ts'

const summary = (ts: number): HealthSummary => ({
  ok: true,
  ts,
  durationMs: 0,
  defaultAgentId: 'main',
  configReload: { hotReloadStatus: 'active' },
})

function countedHealth() {
  const made = { count: 0 }
  return { made, port: keptHealth(() => summary((made.count += 1))) }
}

describe('health', () => {
  it('answers what the protocol calls a health snapshot', async () => {
    const answer = await runOperation(health(countedHealth().port))
    const snapshot = {
      presence: [],
      health: answer,
      stateVersion: { presence: 0, health: 0 },
      uptimeMs: 0,
    }
    expect(Check(SnapshotSchema, snapshot)).toBe(true)
    expect(Check(SnapshotSchema, { ...snapshot, health: { ...summary(1), ours: true } })).toBe(
      false,
    )
  })

  it('hands out the very same object until somebody asks for a probe', async () => {
    const { made, port } = countedHealth()
    const operation = health(port)
    const first = await runOperation(operation)
    expect(await runOperation(operation)).toBe(first)
    expect(made.count).toBe(1)

    const probed = await runOperation(operation, { probe: true })
    expect(probed).not.toBe(first)
    expect(await runOperation(operation)).toBe(probed)
  })

  it('answers without a promise, so that a busy connection is not slowed', () => {
    const operation = health(countedHealth().port)
    expect(operation.run({}, {} as never)).toEqual(summary(1))
  })

  it.each([
    [{ probe: 'true' }, 2],
    [{ probe: '0' }, 1],
    [{ probe: false }, 1],
  ])('reads %j as a query string writes it', async (input, count) => {
    const { made, port } = countedHealth()
    await runOperation(health(port), input)
    expect(made.count).toBe(count)
  })

  it.each([[{ probe: 'maybe' }], [{ deep: true }], ['x'], [[]]])('refuses %j', async (input) => {
    await expect(runOperation(health(countedHealth().port), input)).rejects.toThrow()
  })
})
