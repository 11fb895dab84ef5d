import { describe, expect, it } from 'vitest'
import { agentList } from '../agents/index.ts'
import { liveRuns, puppet } from '../agents/live-runs.fixture.ts'
import { countSessions } from './agent-sessions.ts'

describe('the count of conversations', () => {
  it('is that of each agent, the newest first, with those of agents that are gone in the sum alone', async () => {
    const { agent: other } = puppet('other')
    await using live = await liveRuns(other)
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await live.ask('/help', { sessionKey: `agent:main:${key}` })
      live.time.now += 1_000
    }
    await live.sent('hello', { agentId: 'other', sessionKey: 'agent:other:x' })

    const counts = await countSessions(live.agents, live.conversations, live.time.now)
    expect(counts).toMatchObject({
      byAgent: [
        { agentId: 'main', isDefault: true, sessions: { count: 6 } },
        { agentId: 'other', name: 'Puppet', isDefault: false, sessions: { count: 1 } },
      ],
      all: { count: 7 },
    })
    const recent = counts.byAgent[0]?.sessions.recent ?? []
    expect(recent.map(({ key }) => key.slice(-1)).join('')).toBe('fedcb')
    expect(recent[0]?.age).toBe(1_000)

    const alone = agentList(other)
    const later = await countSessions(alone, live.conversations, live.time.now)
    expect(later).toMatchObject({ byAgent: [{ agentId: 'other' }], all: { count: 7 } })
  })
})
