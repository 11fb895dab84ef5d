/** `agents.list` and `sessions.list`: the protocol's shapes, filters, pages. */
import { validateAgentsListParams, validateSessionsListParams } from '@openclaw/gateway-protocol'
import { AgentsListResultSchema, SessionRowSchema } from '@openclaw/gateway-protocol/schema'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { puppet } from '../agents/live-runs.fixture.ts'
import { liveOperations, outcome } from './live-operations.fixture.ts'

const page = z.object({ sessions: z.array(z.looseObject({ key: z.string() })) })

describe('agents.list', () => {
  it('names every agent and the default one, as the protocol has it', async () => {
    await using on = await liveOperations(puppet().agent)
    expect(validateAgentsListParams({})).toBe(true)
    const result = await outcome(on.agentsList, {})
    expect(Compile(AgentsListResultSchema).Check(result)).toBe(true)
    expect(result).toMatchObject({
      defaultId: 'main',
      mainKey: 'main',
      agents: [{ id: 'main' }, { id: 'puppet', model: { primary: 'test/puppet' } }],
    })
    expect(await outcome(on.agentsList, { all: true })).toBe('schema')
  })
})

describe('sessions.list', () => {
  it('has rows as the protocol has them, the newest first, and says which is busy', async () => {
    const { agent } = puppet()
    await using on = await liveOperations(agent)
    await on.live.ask('/help')
    on.live.time.now += 1000
    await on.live.sent('hello you', { agentId: 'puppet', sessionKey: 'agent:puppet:notes' })

    const input = { limit: 10, includeDerivedTitles: true, includeLastMessage: true }
    expect(validateSessionsListParams(input)).toBe(true)
    const result = await outcome(on.sessionsList, input)
    const check = Compile(SessionRowSchema)
    for (const row of page.parse(result).sessions)
      expect([row, check.Check(row)]).toEqual([row, true])
    expect(result).toMatchObject({
      count: 2,
      totalCount: 2,
      hasMore: false,
      sessions: [
        {
          key: 'agent:puppet:notes',
          isMain: false,
          status: 'running',
          derivedTitle: 'hello you',
          lastMessagePreview: 'hello you',
        },
        { key: 'agent:main:main', isMain: true, status: 'done', derivedTitle: '/help' },
      ],
    })
  })

  it('filters, and pages, with the numbers and flags of a query as text', async () => {
    await using on = await liveOperations()
    for (const key of ['a', 'b', 'c']) {
      await on.live.ask(`/remember ${key}`, { sessionKey: `agent:main:${key}` })
      on.live.time.now += 60_000
    }
    const keys = async (input: object) => {
      const { sessions } = page.parse(await outcome(on.sessionsList, input))
      return sessions.map(({ key }) => key.split(':')[2]).join('')
    }
    expect(await keys({})).toBe('cba')
    expect(await keys({ limit: '2' })).toBe('cb')
    expect(await keys({ limit: '2', offset: '2' })).toBe('a')
    expect(await keys({ search: 'REMEMBER b' })).toBe('b')
    expect(await keys({ activeMinutes: '2' })).toBe('cb')
    expect(await keys({ agentId: 'main' })).toBe('cba')
    expect(await keys({ agentId: 'other' })).toBe('')
    expect(await keys({ archived: 'all', includeGlobal: 'true' })).toBe('cba')
    for (const none of [{ label: 'x' }, { archived: 'true' }, { ownerId: 'x' }, { spawnedBy: 'x' }])
      expect(await keys(none)).toBe('')
    expect(await outcome(on.sessionsList, { limit: 1 })).toMatchObject({
      hasMore: true,
      nextOffset: 1,
    })
  })

  it.each([
    { limit: 0 },
    { limit: 'many' },
    { includeGlobal: 'yes' },
    { path: '/etc' },
    { agentId: '' },
  ])('refuses %j', async (input) => {
    await using on = await liveOperations()
    expect(await outcome(on.sessionsList, input)).toBe('schema')
  })
})
