/** The memory of idempotency keys is bounded, and keeps the newest. */
import { expect, it } from 'vitest'
import { KEPT_ENTRIES, RecentRuns } from './recent-runs.ts'
import { NOW, OWNER } from './live-runs.fixture.ts'
import { ActiveRun } from './run.ts'

function accepted(ended: boolean) {
  const run = new ActiveRun(
    {
      runId: 'run',
      agentId: 'main',
      sessionKey: 'agent:main:main',
      sessionId: 'id',
      message: 'x',
      caller: OWNER,
      at: NOW,
    },
    1,
    () => undefined,
  )
  if (ended) run.finish({ kind: 'answered', text: '', durationMs: 0 })
  return Promise.resolve({ kind: 'accepted', run, repeated: false } as const)
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

it('holds no more than its bound, and forgets the oldest that ended first', async () => {
  const recent = new RecentRuns(() => NOW)
  recent.keep('going', 'x', accepted(false))
  for (let count = 0; count < KEPT_ENTRIES + 50; count++) {
    expect(recent.find(`${count}`, 'x')).toBeNull()
    recent.keep(`${count}`, 'x', accepted(true))
    if (count % 100 === 0) await settled()
  }
  await settled()
  expect(recent.find('0', 'x')).toBeNull()
  expect(recent.find('going', 'x')).not.toBeNull()
  expect(recent.find(`${KEPT_ENTRIES + 49}`, 'x')).not.toBeNull()
  expect(recent.size).toBeLessThanOrEqual(KEPT_ENTRIES)
})

it('forgets a key whose message was refused or failed, so that it can be sent again', async () => {
  const recent = new RecentRuns(() => NOW)
  recent.keep('full', 'x', Promise.resolve({ kind: 'refused', why: 'store', detail: 'full' }))
  const failing = Promise.reject(new Error('outage'))
  recent.keep('outage', 'x', failing)
  await expect(failing).rejects.toThrow('outage')
  await settled()
  expect(recent.find('full', 'x')).toBeNull()
  expect(recent.find('outage', 'x')).toBeNull()
})
